import Synchronization

/// Number before which no job waits, as this process saw it last, so that a claim passes by no jobs that have left.
///
/// PostgreSQL keeps what has left in its indexes for as long as a transaction is open that began before, which may be
/// hours. What another process puts back before the start is found at the next look, or when nothing waits behind it.
final class LineStart: Sendable {
    private let number = Mutex<Int64>(0)

    /// 0: all is looked at.
    var sequence: Int64 { number.withLock { $0 } }

    func note(_ sequence: Int64) { number.withLock { $0 = sequence } }

    /// This process puts back a job, with the number that it had.
    func forget() { note(0) }
}
