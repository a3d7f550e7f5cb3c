package import Generation

/// How busy the service is.
package struct QueueStatus: Sendable, Equatable {
    package var queuedJobs: Int
    package var runningJobs: Int
    package var queuedWork: Work
    /// What is left of the running jobs, all together.
    package var runningWork: Work
    /// What is left of the running job that has least left; nil if none runs.
    package var leastRunningWork: Work?
    /// GFLOP per second of one worker, over the last completed jobs; nil before the first.
    package var speed: Double?
    /// Whether no job is handed out, by an operator's wish.
    package var isPaused: Bool

    package init(
        queuedJobs: Int, runningJobs: Int, queuedWork: Work, runningWork: Work, leastRunningWork: Work?,
        speed: Double?, isPaused: Bool = false
    ) {
        self.queuedJobs = queuedJobs
        self.runningJobs = runningJobs
        self.queuedWork = queuedWork
        self.runningWork = runningWork
        self.leastRunningWork = leastRunningWork
        self.speed = speed
        self.isPaused = isPaused
    }

    /// Estimated time of this much work on one worker; nil: nothing measured yet.
    package func estimatedTime(of work: Work) -> Duration? {
        speed.map { work.duration(at: $0) }
    }

    /// Estimated time until a worker is free for a job with this much work before it; nil: nothing measured yet.
    ///
    /// While jobs wait every worker is busy, so the running jobs are the workers. The next job starts when the first of
    /// them is free. One with jobs before it starts at the latest when all of that is done: until then no worker idles.
    package func estimatedWait(workAhead: Work) -> Duration? {
        guard workAhead > .zero else { return estimatedTime(of: leastRunningWork ?? .zero) }
        return estimatedTime(of: (workAhead + runningWork) * (1 / Double(max(1, runningJobs))))
    }
}
