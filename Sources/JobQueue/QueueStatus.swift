/// How busy the service is.
package struct QueueStatus: Sendable, Equatable {
    package var queuedJobs: Int
    package var runningJobs: Int
    /// Images of the queued jobs.
    package var queuedImages: Int
    /// Images of the running jobs.
    package var runningImages: Int
    /// Mean time that a worker took per image, over the last completed jobs; nil before the first.
    package var recentTimePerImage: Duration?

    package init(
        queuedJobs: Int, runningJobs: Int, queuedImages: Int, runningImages: Int, recentTimePerImage: Duration?
    ) {
        self.queuedJobs = queuedJobs
        self.runningJobs = runningJobs
        self.queuedImages = queuedImages
        self.runningImages = runningImages
        self.recentTimePerImage = recentTimePerImage
    }

    /// Estimated time until a worker is free for a job that has this many images before it; nil: nothing measured yet.
    ///
    /// While jobs wait every worker is busy, so the running jobs are the workers; on average they are half done.
    package func estimatedWait(imagesAhead: Int) -> Duration? {
        guard let recentTimePerImage else { return nil }
        let images = Double(imagesAhead) + Double(runningImages) / 2
        return recentTimePerImage * (images / Double(max(1, runningJobs)))
    }
}

/// Where a queued job stands.
package struct QueuePosition: Sendable, Equatable {
    /// 1: the next one.
    package var position: Int
    /// Images of the jobs before it in the queue.
    package var imagesAhead: Int

    package init(position: Int, imagesAhead: Int) {
        self.position = position
        self.imagesAhead = imagesAhead
    }
}
