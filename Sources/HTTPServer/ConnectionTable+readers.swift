internal import CMicroHTTPD
internal import Glibc

extension ConnectionTable {
    /// What the client of a reply had taken of it when somebody looked.
    struct Taking {
        /// Since the connection began.
        var byteCount: UInt64
        var since: ContinuousClock.Instant
    }

    /// Bytes a second. A client that takes its reply more slowly has to go where places are few.
    private static let slowestReading: UInt64 = 1024

    /// Near the limit, closes the connections whose clients leave their replies lying: an attacker that reads a byte now
    /// and then could keep every place. A client that waits for its reply has nothing to read, and stays.
    func closeStalledReaders(_ state: inout State, at now: ContinuousClock.Instant) {
        guard state.entries.count - state.closingCount > limit - max(1, limit / 8) else { return }
        for (socket, entry) in state.entries where entry.phase == .answering && !entry.isClosing {
            var byteCount: UInt64 = 0
            // Under the lock, so the socket is still this connection's.
            guard unsafe cmhd_waits_for_reader(socket, &byteCount) != 0 else {
                state.entries[socket]?.taking = nil
                continue
            }
            if let taking = entry.taking, byteCount < taking.byteCount + Self.slowestReading {
                if now - taking.since >= .seconds(1) { evict(socket, &state) }
            } else {
                state.entries[socket]?.taking = Taking(byteCount: byteCount, since: now)
            }
        }
    }
}
