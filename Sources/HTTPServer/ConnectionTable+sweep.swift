internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

extension ConnectionTable {
    /// What a sweep found.
    struct Findings {
        /// Clients that were gone before their response.
        var vanished = 0
        /// Clients that did not send their request in time.
        var slow = 0
        /// Whether every place is taken.
        var isFull = false
    }

    /// Hangs up on clients that are too slow or gone, and abandons their exchanges. The event loop sees neither: its
    /// timeout starts anew with each byte, it does not watch suspended connections, and where the end of sending comes
    /// together with the last bytes it misses it.
    func sweep() -> Findings {
        var findings = Findings()
        let now = ContinuousClock.now
        let watched = state.withLock { state in
            closeWaitingForClients(&state, at: now, &findings)
            closeStalledReaders(&state, at: now)
            findings.isFull = state.entries.count >= limit
            return state.entries.compactMap { socket, entry in entry.exchange.map { (socket: socket, exchange: $0) } }
        }
        let events = pollNow(watched.map(\.socket), for: peerClosed)
        for (item, found) in zip(watched, events) {
            // If the socket changed hands since it was listed, its exchange is over, and this does nothing.
            if found & Int16(POLLERR | POLLHUP) != 0 {
                findings.vanished += item.exchange.abandon() ? 1 : 0
            } else if found & peerClosed != 0 {
                findings.vanished += item.exchange.peerStoppedSending() ? 1 : 0
            }
            item.exchange.stream?.beat(at: now)
        }
        return findings
    }

    /// Looks at the connections whose client's turn it is. Under the lock, so each socket is still its connection's.
    private func closeWaitingForClients(
        _ state: inout State, at now: ContinuousClock.Instant, _ findings: inout Findings
    ) {
        let sockets = state.entries.filter { $0.value.phase != .answering }.map(\.key)
        for (socket, found) in zip(sockets, pollNow(sockets, for: peerClosed)) {
            guard let entry = state.entries[socket] else { continue }
            if let deadline = entry.deadline, deadline <= now {
                findings.slow += 1
                // Nothing else is being sent: the server's turn has not come.
                if entry.phase == .receiving, !isSecure { answerTooSlow(socket) }
                hangUp(socket)
            } else if found & peerClosed != 0 {
                // Twice in a row, so that what came last has been read, and the client's turn it still is.
                if entry.isHalfClosed { hangUp(socket) }
                state.entries[socket]?.isHalfClosed = true
            }
        }
    }

    private func answerTooSlow(_ socket: CInt) {
        let bytes = Refusal.tooSlow.wireBytes
        // If it cannot be sent, closing has to do.
        _ = unsafe bytes.withUnsafeBytes { unsafe cmhd_send_at_once(socket, $0.baseAddress, $0.count) }
    }
}

/// Ends both directions. The event loop then finds the connection closed.
func hangUp(_ socket: CInt) { shutdown(socket, CInt(SHUT_RDWR)) }

/// What has happened on each of the sockets, without waiting.
func pollNow(_ sockets: [CInt], for events: Int16) -> [Int16] {
    var polled = sockets.map { pollfd(fd: $0, events: events, revents: 0) }
    _ = unsafe Glibc.poll(&polled, nfds_t(polled.count), 0)
    return polled.map(\.revents)
}

/// POLLRDHUP, which the system's header hides: the peer sends no more. It may still read.
let peerClosed: Int16 = 0x2000
