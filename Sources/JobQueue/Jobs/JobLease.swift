package import Generation

/// A worker's right to report on a job. It ends when the job is cancelled, or rescued from a worker that fell silent.
package struct JobLease: Sendable, Hashable {
    package let job: JobID
    package let worker: WorkerID
    /// Which attempt at the job this is, from 1. A late report of an earlier attempt is refused by it.
    package let attempt: Int

    package init(job: JobID, worker: WorkerID, attempt: Int) {
        self.job = job
        self.worker = worker
        self.attempt = attempt
    }
}

/// Sign of life of one job's worker.
package struct LeaseRenewal: Sendable, Equatable {
    package var lease: JobLease
    /// nil leaves it as it is.
    package var progress: GenerationProgress?

    package init(_ lease: JobLease, progress: GenerationProgress?) {
        self.lease = lease
        self.progress = progress
    }
}

/// What a worker gets when it claims: the job, now running, and the right to report on it.
package struct ClaimedJob: Sendable, Equatable {
    package let job: Job
    package let lease: JobLease

    package init(job: Job, lease: JobLease) {
        self.job = job
        self.lease = lease
    }
}
