import Generation
import JobQueue

/// A store whose database is away.
struct BrokenStore: JobStore {
    struct Outage: Error {
        let connection = "user=underpaint password=secret"
    }

    let isDurable = true

    func submit(_ submission: JobSubmission) async throws -> AcceptedJob { throw Outage() }
    func claim(by worker: WorkerID, models: Set<String>, for duration: Duration) async throws -> ClaimedJob? {
        throw Outage()
    }
    func renew(_ renewals: [LeaseRenewal], for duration: Duration) async throws -> Set<JobLease> { throw Outage() }
    func complete(_ lease: JobLease, with work: FinishedWork) async throws { throw Outage() }
    func fail(_ lease: JobLease, because reason: FailureReason) async throws { throw Outage() }
    func handBack(_ lease: JobLease) async throws { throw Outage() }
    func giveUp(_ lease: JobLease, attemptLimit: Int) async throws { throw Outage() }
    func cancel(_ id: JobID) async throws -> Lookup<JobSnapshot> { throw Outage() }
    func delete(_ id: JobID) async throws -> Lookup<Job> { throw Outage() }
    func job(_ id: JobID) async throws -> Lookup<JobSnapshot> { throw Outage() }
    func list(_ selection: JobSelection) async throws -> JobPage { throw Outage() }
    func image(_ id: JobID, _ index: Int) async throws -> Lookup<StoredImage> { throw Outage() }
    func rescue(attemptLimit: Int) async throws -> RescueReport { throw Outage() }
    func setPaused(_ isPaused: Bool) async throws { throw Outage() }
    func status() async throws -> QueueStatus { throw Outage() }
}
