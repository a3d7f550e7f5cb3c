/// Mean time per image over the last completed jobs.
struct SpeedMeter {
    /// Enough to be steady, few enough to follow a change of model or settings.
    private static let jobLimit = 32

    private var jobs: [(total: Duration, images: Int)] = []

    mutating func record(total: Duration, images: Int) {
        guard images > 0 else { return }
        if jobs.count == Self.jobLimit { jobs.removeFirst() }
        jobs.append((total, images))
    }

    /// nil before the first job.
    var timePerImage: Duration? {
        guard !jobs.isEmpty else { return nil }
        return jobs.reduce(.zero) { $0 + $1.total } / jobs.reduce(0) { $0 + $1.images }
    }
}
