package import Generation

/// A job and where it stands, at one moment.
package struct JobSnapshot: Sendable, Equatable {
    /// Where a queued job stands.
    package struct Place: Sendable, Equatable {
        /// 1: the next one.
        package var position: Int
        /// Of the jobs before it in the queue.
        package var workAhead: Work

        package init(position: Int, workAhead: Work) {
            self.position = position
            self.workAhead = workAhead
        }
    }

    package let job: Job
    /// nil unless the job is queued.
    package let place: Place?
    /// Of the queue at the same moment.
    package let status: QueueStatus

    package init(job: Job, place: Place?, status: QueueStatus) {
        self.job = job
        self.place = place
        self.status = status
    }

    /// Estimated time until the job starts; nil unless it is queued and a speed was measured.
    package var estimatedWait: Duration? {
        place.flatMap { status.estimatedWait(workAhead: $0.workAhead) }
    }

    /// Estimated time until the job is done; nil if it is, or no speed was measured.
    package var estimatedTime: Duration? {
        guard !job.state.isFinished, let time = status.estimatedTime(of: job.remainingWork) else { return nil }
        return (estimatedWait ?? .zero) + time
    }
}
