import Synchronization

/// How many jobs wait at most, so that they need not be counted for each submission: as many as waited or ran at the last
/// count, and those that have come since, which their numbers tell, whoever submitted them.
final class QueueBound: Sendable {
    /// Jobs of transactions that were not done yet may have been missed by the count.
    private static let margin: Int64 = 32

    private struct Count {
        let jobs: Int64
        let sequence: Int64
    }

    private let last = Mutex<Count?>(nil)

    /// Whether there may be more than `limit`, once the job with this number is there too.
    func mayExceed(_ limit: Int, at sequence: Int64) -> Bool {
        guard let last = last.withLock({ $0 }) else { return true }
        return last.jobs + max(0, sequence - last.sequence) + Self.margin > limit
    }

    /// - Parameters:
    ///   - jobs: that wait or run, as whoever has queued the job with this number sees them.
    func note(_ jobs: Int64, at sequence: Int64) {
        last.withLock { $0 = Count(jobs: jobs, sequence: sequence) }
    }
}
