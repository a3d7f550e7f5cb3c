import Generation
import JobQueue

/// A store that says that it outlives the process.
struct DurableStore: JobStore {
    private let store = InMemoryJobStore()
    let isDurable = true

    func submit(_ submission: JobSubmission) async throws -> AcceptedJob { try await store.submit(submission) }
    func claim(by worker: WorkerID, models: Set<String>, for duration: Duration) async throws -> ClaimedJob? {
        await store.claim(by: worker, models: models, for: duration)
    }
    func renew(_ renewals: [LeaseRenewal], for duration: Duration) async throws -> Set<JobLease> {
        await store.renew(renewals, for: duration)
    }
    func complete(_ lease: JobLease, with work: FinishedWork) async throws {
        try await store.complete(lease, with: work)
    }
    func fail(_ lease: JobLease, because reason: FailureReason) async throws {
        try await store.fail(lease, because: reason)
    }
    func handBack(_ lease: JobLease) async throws { try await store.handBack(lease) }
    func giveUp(_ lease: JobLease, attemptLimit: Int) async throws {
        try await store.giveUp(lease, attemptLimit: attemptLimit)
    }
    func cancel(_ id: JobID) async throws -> Lookup<JobSnapshot> { await store.cancel(id) }
    func delete(_ id: JobID) async throws -> Lookup<Job> { await store.delete(id) }
    func job(_ id: JobID) async throws -> Lookup<JobSnapshot> { await store.job(id) }
    func list(_ selection: JobSelection) async throws -> JobPage { await store.list(selection) }
    func image(_ id: JobID, _ index: Int) async throws -> Lookup<StoredImage> { await store.image(id, index) }
    func rescue(attemptLimit: Int) async throws -> RescueReport { await store.rescue(attemptLimit: attemptLimit) }
    func setPaused(_ isPaused: Bool) async throws { await store.setPaused(isPaused) }
    func status() async throws -> QueueStatus { await store.status() }
}
