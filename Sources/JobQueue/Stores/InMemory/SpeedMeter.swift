import Generation

/// How fast a worker computes, over the last completed jobs.
struct SpeedMeter {
    /// Enough to be steady, few enough to follow a change of model or settings.
    private static let jobLimit = 32

    private var jobs: [(work: Work, time: Duration)] = []

    mutating func record(_ work: Work, in time: Duration) {
        guard work > .zero, time > .zero else { return }
        if jobs.count == Self.jobLimit { jobs.removeFirst() }
        jobs.append((work, time))
    }

    /// Of all the work over all the time, so that a long job weighs more than a short one; nil before the first.
    var gflopPerSecond: Double? {
        guard !jobs.isEmpty else { return nil }
        return jobs.reduce(0) { $0 + $1.work.gflop } / jobs.reduce(0) { $0 + $1.time.seconds }
    }
}
