internal import Glibc
internal import Synchronization

/// Every open connection of one server by its socket: how long it may still take to send its request, and the exchange
/// that is under way on it.
final class ConnectionTable: Sendable {
    /// Whether new requests are taken.
    enum Admission: Int {
        /// All are.
        case open
        /// None; those under way may finish.
        case draining
        /// None, and none may begin to wait for a response: the threads are about to be stopped.
        case closed
    }

    private struct Entry {
        var deadline: ContinuousClock.Instant?
        var exchange: Exchange?
    }

    private struct State {
        var admission = Admission.open
        var entries: [CInt: Entry] = [:]
    }

    private let state = Mutex(State())

    var admission: Admission { state.withLock { $0.admission } }

    /// Exchanges that were admitted and whose response has not been sent to the end.
    var exchanges: [Exchange] { state.withLock { $0.entries.values.compactMap(\.exchange) } }

    /// Goes on to a stricter admission; never back.
    func restrict(to admission: Admission) {
        state.withLock { state in
            if admission.rawValue > state.admission.rawValue { state.admission = admission }
        }
    }

    func connectionOpened(_ socket: CInt, deadline: ContinuousClock.Instant) {
        state.withLock { $0.entries[socket] = Entry(deadline: deadline) }
    }

    /// To be called before the socket is closed, so that its number is not another connection's yet.
    func connectionClosed(_ socket: CInt) {
        state.withLock { _ = $0.entries.removeValue(forKey: socket) }
    }

    /// A new deadline for what is still to be received; nil once all of it is there.
    func setDeadline(_ deadline: ContinuousClock.Instant?, of socket: CInt) {
        state.withLock { $0.entries[socket]?.deadline = deadline }
    }

    /// - Returns: false if no new requests are taken.
    func admit(_ exchange: Exchange, on socket: CInt) -> Bool {
        state.withLock { state in
            guard state.admission == .open else { return false }
            state.entries[socket]?.exchange = exchange
            return true
        }
    }

    func exchangeEnded(on socket: CInt, nextDeadline: ContinuousClock.Instant) {
        state.withLock { state in
            state.entries[socket]?.exchange = nil
            state.entries[socket]?.deadline = nextDeadline
        }
    }

    /// Hangs up on clients that are too slow, and abandons the exchanges of clients that are gone. The event loop sees
    /// neither: its timeout starts anew with each byte, and it does not watch suspended connections.
    func sweep() {
        state.withLock { state in
            let now = ContinuousClock.now
            // Under the lock, so the socket is still this connection's. The event loop then finds it closed.
            for (socket, entry) in state.entries where entry.deadline.map({ $0 <= now }) ?? false {
                shutdown(socket, CInt(SHUT_RDWR))
            }
        }

        let pending = state.withLock { state in
            state.entries.compactMap { socket, entry in entry.exchange.map { (socket: socket, exchange: $0) } }
        }
        var polled = pending.map { pollfd(fd: $0.socket, events: peerClosed, revents: 0) }
        guard unsafe poll(&polled, nfds_t(polled.count), 0) > 0 else { return }
        for (item, result) in zip(pending, polled) where result.revents & (peerClosed | Int16(POLLERR | POLLHUP)) != 0 {
            // If the socket changed hands since it was listed, its exchange is over, and this does nothing.
            item.exchange.abandon()
        }
    }
}

/// POLLRDHUP, which the system's header hides: the peer sends no more. It may still read, but a client that waits for an
/// answer keeps its sending half open.
private let peerClosed: Int16 = 0x2000
