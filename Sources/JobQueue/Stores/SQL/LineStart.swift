import Synchronization

/// Where the line of queued jobs begins, as this process has seen it, so that a claim passes by no jobs that have left.
///
/// PostgreSQL keeps what has left in its indexes for as long as any transaction is open that began before, which may be
/// hours. What another process puts back before the beginning is found when `rescue` looks, or when nothing is behind it.
final class LineStart: Sendable {
    /// Number of the oldest queued job, by priority. Where there is none the line begins at 0.
    typealias View = [Int64: Int64]

    /// The oldest queued job of a priority.
    struct Head: Sendable {
        let priority: Int64
        let sequence: Int64
    }

    private let state = Mutex<View>([:])

    var view: View { state.withLock { $0 } }

    func note(_ head: Head) { state.withLock { $0[head.priority] = head.sequence } }

    func replace(with view: View) { state.withLock { $0 = view } }

    /// A job of this process is queued again, with the number that it had.
    func forget() { replace(with: [:]) }
}
