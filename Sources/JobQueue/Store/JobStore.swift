package import Generation

/// Where jobs live between the API that accepts them and the workers that run them: facts, and nothing that waits.
///
/// Every verb is atomic. A store checks deadlines itself: no verb shows or hands out a queued job that is overdue.
/// Verbs may throw the driver's errors beside those named here. Who waits for a fact to change asks `JobQueue`.
package protocol JobStore: Sendable {
    /// Whether jobs outlive this process, so that another one can go on with them.
    var isDurable: Bool { get }

    /// Queues a job, or finds the one that the same submission made before.
    ///
    /// - Throws: `JobStoreError.queueFull`, `.idempotencyConflict`.
    func submit(_ submission: JobSubmission) async throws -> AcceptedJob

    /// Hands out the queued job of the highest priority, of those one of the owner whose turn it is (`FairTurns`), of those
    /// the oldest; nil if none of these models is queued, or the queue is paused.
    ///
    /// - Parameters:
    ///   - models: names of what the worker can run.
    ///   - duration: how long the worker may stay silent before the job is rescued from it.
    func claim(by worker: WorkerID, models: Set<String>, for duration: Duration) async throws -> ClaimedJob?

    /// Sign of life of a process, for all the jobs that it runs.
    ///
    /// - Parameter duration: from now.
    /// - Returns: those of the leases that no longer count: the job is finished, forgotten, or someone else's.
    func renew(_ renewals: [LeaseRenewal], for duration: Duration) async throws -> Set<JobLease>

    /// - Throws: `JobStoreError.leaseLost`.
    func complete(_ lease: JobLease, with work: FinishedWork) async throws

    /// - Throws: `JobStoreError.leaseLost`.
    func fail(_ lease: JobLease, because reason: FailureReason) async throws

    /// Queues a running job again, at its old place; the attempt does not count.
    ///
    /// - Throws: `JobStoreError.leaseLost`.
    func handBack(_ lease: JobLease) async throws

    /// Takes a running job from its worker, whose generator hangs: it is queued again, at its old place, or fails if it was
    /// tried `attemptLimit` times.
    ///
    /// - Throws: `JobStoreError.leaseLost`.
    func giveUp(_ lease: JobLease, attemptLimit: Int) async throws

    /// Cancels a job that is queued or running; its worker learns it by the news, or at the next renewal.
    ///
    /// - Returns: the job after that; a finished one is left as it is.
    func cancel(_ id: JobID) async throws -> Lookup<JobSnapshot>

    /// Cancels a job if it is not finished, and forgets it with its images.
    ///
    /// - Returns: the job as it was last.
    func delete(_ id: JobID) async throws -> Lookup<Job>

    func job(_ id: JobID) async throws -> Lookup<JobSnapshot>

    /// The jobs that are there, newest first.
    func list(_ selection: JobSelection) async throws -> JobPage

    /// - Returns: `.unknown` also for an image that the job does not have (yet).
    func image(_ id: JobID, _ index: Int) async throws -> Lookup<StoredImage>

    /// Queues the running jobs whose lease has expired again, or fails those that were tried `attemptLimit` times.
    func rescue(attemptLimit: Int) async throws -> RescueReport

    /// Forgets the oldest finished jobs while there are more than `StoreLimits` says, or they are older. What a store
    /// forgets by itself is gone already.
    func forgetSurplus() async throws

    func status() async throws -> QueueStatus

    /// Who waits for how much.
    func census() async throws -> QueueCensus

    /// Stops or starts the handing out of jobs, for all workers; what runs goes on.
    func setPaused(_ isPaused: Bool) async throws
}
