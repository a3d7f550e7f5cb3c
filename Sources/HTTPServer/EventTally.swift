internal import Synchronization

/// Counts what clients can cause at will, so that the log gets one line for many of them.
final class EventTally: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var since = ContinuousClock.now
    }

    /// Time that one line sums up.
    private static let interval = Duration.seconds(10)
    /// Kinds of events at most: their text may hold what clients sent.
    private static let kindLimit = 32

    private let state = Mutex(State())

    func count(_ event: String) {
        state.withLock { state in
            let isKnown = state.counts[event] != nil || state.counts.count < Self.kindLimit
            state.counts[isKnown ? event : "other events", default: 0] += 1
        }
    }

    /// - Parameter early: whether to take what there is before its time.
    /// - Returns: the events since the last time, by name; none before the interval is over.
    func take(early: Bool = false) -> [(event: String, count: Int)] {
        state.withLock { state in
            guard early || .now - state.since >= Self.interval else { return [] }
            defer { state = State() }
            return state.counts.sorted { $0.key < $1.key }.map { (event: $0.key, count: $0.value) }
        }
    }
}
