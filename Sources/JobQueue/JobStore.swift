package import Generation

/// Where jobs live between the API that accepts them and the workers that run them.
///
/// Every verb is atomic. A store checks deadlines itself: no verb shows or hands out a queued job that is overdue.
/// Verbs may throw the driver's errors beside those named here.
package protocol JobStore: Sendable {
    /// Queues a job.
    ///
    /// - Throws: `JobStoreError.queueFull`.
    func submit(_ request: GenerationRequest) async throws -> Job

    /// Hands out the queued job of the highest priority, of those the oldest; nil if none is queued.
    ///
    /// - Parameter duration: how long the worker may stay silent before the job is rescued from it.
    func claim(by worker: WorkerID, for duration: Duration) async throws -> ClaimedJob?

    /// Returns when a job may be waiting, after `duration`, or at once when the task is cancelled.
    func waitForWork(upTo duration: Duration) async throws

    /// Sign of life of a worker.
    ///
    /// - Parameters:
    ///   - duration: from now.
    ///   - progress: nil leaves it as it is.
    /// - Throws: `JobStoreError.leaseLost`.
    func renew(_ lease: JobLease, for duration: Duration, progress: GenerationProgress?) async throws

    /// - Throws: `JobStoreError.leaseLost`.
    func complete(_ lease: JobLease, with work: FinishedWork) async throws

    /// - Throws: `JobStoreError.leaseLost`.
    func fail(_ lease: JobLease, because reason: FailureReason) async throws

    /// Cancels a job that is queued or running; its worker learns it at the next renewal, or by `waitUntilFinished`.
    ///
    /// - Returns: the job after that; a finished one is left as it is.
    func cancel(_ id: JobID) async throws -> Lookup<Job>

    func job(_ id: JobID) async throws -> Lookup<Job>

    /// - Returns: `.unknown` also for an image that the job does not have (yet).
    func image(_ id: JobID, _ index: Int) async throws -> Lookup<StoredImage>

    /// Returns the job when it is finished, after `duration`, or at once when the task is cancelled; look at its state.
    func waitUntilFinished(_ id: JobID, upTo duration: Duration) async throws -> Lookup<Job>

    /// Queues the running jobs whose lease has expired again, or fails those that were tried `attemptLimit` times.
    func rescue(attemptLimit: Int) async throws -> RescueReport

    func status() async throws -> QueueStatus

    /// - Returns: nil unless the job is queued.
    func position(of id: JobID) async throws -> QueuePosition?
}
