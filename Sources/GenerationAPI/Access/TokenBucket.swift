/// What a key has left of its rate: full after a rest, emptied by what is asked for, filled with time.
///
/// A job that is more than the bucket holds would never fit: it is taken when the bucket is full, and leaves a debt that
/// has to be filled first. So the rate holds in the long run, whatever the jobs are.
struct TokenBucket: Sendable {
    let rate: WorkRate
    private var level: Double
    private var seenAt: ContinuousClock.Instant

    /// A full one.
    init(_ rate: WorkRate, at now: ContinuousClock.Instant) {
        self.rate = rate
        level = rate.burst
        seenAt = now
    }

    /// - Parameter amount: in the unit of the rate.
    /// - Returns: nil if it was taken; else how long it takes until it could be, and nothing is taken.
    mutating func take(_ amount: Double, at now: ContinuousClock.Instant) -> Duration? {
        fill(at: now)
        let missing = min(amount, rate.burst) - level
        // A rounding error is no reason to wait.
        guard missing <= rate.burst * 1e-9 else { return .seconds(missing / rate.perSecond) }
        level -= amount
        return nil
    }

    /// Undoes a `take`, of work that was not accepted for another reason.
    mutating func giveBack(_ amount: Double) { level = min(rate.burst, level + amount) }

    private mutating func fill(at now: ContinuousClock.Instant) {
        guard now > seenAt else { return }
        level = min(rate.burst, level + (now - seenAt) / .seconds(1) * rate.perSecond)
        seenAt = now
    }
}
