internal import Glibc
internal import Synchronization

/// Every open connection of one server by its socket: how far it is, how long it may still take to send its request, and
/// the exchange that is under way on it.
///
/// Keeps a reserve: when only a sixteenth of the places is free, connections that wait for their client are closed,
/// first those without a request, then those with the oldest beginning of one, until an eighth is free. So connections
/// on which nothing happens cannot keep a new client out, a health check among them. Those whose request has arrived are
/// closed for another only if their client does not read the reply (`closeStalledReaders`).
final class ConnectionTable: Sendable {
    /// Whether new requests are taken.
    enum Admission: Int {
        /// All are.
        case open
        /// None; those under way may finish.
        case draining
        /// None, none may begin to wait for a response, and no connection is taken: the threads are about to be stopped.
        case closed
    }

    struct Entry {
        enum Phase {
            /// Nothing of a request has come.
            case idle
            /// The request line has come, and not yet all of the rest.
            case receiving
            /// It is the server's turn.
            case answering
        }

        var phase = Phase.idle
        var since = ContinuousClock.now
        /// nil while it is the server's turn.
        var deadline: ContinuousClock.Instant?
        var exchange: Exchange?
        /// Whether the client had ended its sending half when this was last looked at.
        var isHalfClosed = false
        /// What its client has taken of the reply, where somebody looked.
        var taking: Taking?
        /// Whether it was told to go; the event loop has not seen it yet.
        var isClosing = false
    }

    struct State {
        var admission = Admission.open
        var entries: [CInt: Entry] = [:]
        /// Entries that are closing.
        var closingCount = 0
        /// Connections that were closed for new ones since this was last asked for.
        var evictedCount = 0
    }

    let limit: Int
    /// Whether the sockets carry TLS, so that nothing may be written to them past libmicrohttpd.
    let isSecure: Bool
    let state = Mutex(State())

    /// - Parameter limit: connections that the server can have open.
    init(limit: Int, isSecure: Bool) {
        self.limit = limit
        self.isSecure = isSecure
    }

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
        state.withLock { state in
            state.entries[socket] = Entry(deadline: deadline)
            if state.entries.count - state.closingCount > limit - max(1, limit / 16) { makeRoom(&state, for: socket) }
        }
    }

    /// To be called before the socket is closed, so that its number is not another connection's yet.
    func connectionClosed(_ socket: CInt) {
        state.withLock { state in
            if state.entries.removeValue(forKey: socket)?.isClosing == true { state.closingCount -= 1 }
        }
    }

    func requestLineReceived(on socket: CInt, deadline: ContinuousClock.Instant) {
        set(.receiving, deadline: deadline, of: socket)
    }

    func requestReceived(on socket: CInt) {
        set(.answering, deadline: nil, of: socket)
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
        state.withLock { $0.entries[socket]?.exchange = nil }
        set(.idle, deadline: nextDeadline, of: socket)
    }

    var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }

    /// Hangs up on everybody.
    func hangUpAll() { state.withLock { for socket in $0.entries.keys { hangUp(socket) } } }

    /// - Returns: connections that were closed for new ones since the last call.
    func takeEvictedCount() -> Int {
        state.withLock { state in
            defer { state.evictedCount = 0 }
            return state.evictedCount
        }
    }

    private func set(_ phase: Entry.Phase, deadline: ContinuousClock.Instant?, of socket: CInt) {
        state.withLock { state in
            guard var entry = state.entries[socket] else { return }
            entry.phase = phase
            entry.since = .now
            entry.deadline = deadline
            entry.isHalfClosed = false
            entry.taking = nil
            state.entries[socket] = entry
        }
    }

    /// - Parameter newcomer: the connection for which room is made.
    private func makeRoom(_ state: inout State, for newcomer: CInt) {
        let candidates = state.entries.filter {
            $0.value.phase != .answering && !$0.value.isClosing && $0.key != newcomer
        }
        .sorted { one, other in
            if one.value.phase != other.value.phase { return one.value.phase == .idle }
            return one.value.since < other.value.since
        }
        .map(\.key)
        let wanted = state.entries.count - state.closingCount - (limit - max(1, limit / 8))
        // What has arrived and is not read yet may be a request. Under the lock, so the sockets are still these
        // connections'.
        let silent = zip(candidates, pollNow(candidates, for: Int16(POLLIN))).filter { $0.1 == 0 }.map(\.0)
        for socket in silent.prefix(wanted) { evict(socket, &state) }
    }

    /// Closes a connection for new ones.
    func evict(_ socket: CInt, _ state: inout State) {
        hangUp(socket)
        state.entries[socket]?.isClosing = true
        state.closingCount += 1
        state.evictedCount += 1
    }
}
