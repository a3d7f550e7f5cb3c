import Generation
import JobQueue
import Synchronization

/// Holds one key to its rate, over all its requests to this process.
final class WorkMeter: Sendable {
    /// What was taken, to be given back if the work is not accepted.
    struct Charge: Sendable {
        fileprivate let amount: Double
    }

    let rate: WorkRate
    private let now: @Sendable () -> ContinuousClock.Instant
    private let bucket: Mutex<TokenBucket>

    init(_ rate: WorkRate, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.rate = rate
        self.now = now
        bucket = Mutex(TokenBucket(rate, at: now()))
    }

    /// - Parameter status: knows how fast this machine is. Before its first job is measured nobody does, and a rate in
    ///   seconds charges nothing.
    /// - Throws: `Problem` of kind `rateLimited`.
    func charge(_ work: Work, _ status: QueueStatus) throws(Problem) -> Charge {
        let amount =
            switch rate.unit {
            case .gflop: work.gflop
            case .seconds: status.estimatedTime(of: work).map { $0 / .seconds(1) } ?? 0
            }
        if let wait = bucket.withLock({ $0.take(amount, at: now()) }) { throw refusal(amount, wait) }
        return Charge(amount: amount)
    }

    func giveBack(_ charge: Charge) { bucket.withLock { $0.giveBack(charge.amount) } }

    private func refusal(_ amount: Double, _ wait: Duration) -> Problem {
        let rounded = amount >= 10 ? amount.rounded() : (amount * 100).rounded() / 100
        return Problem(
            .rateLimited,
            "the request is \(WorkRate.text(rounded)) \(rate.unit.rawValue), and the rate of this key is \(rate)",
            headers: RetryAfter.fields(exactly: wait))
    }
}
