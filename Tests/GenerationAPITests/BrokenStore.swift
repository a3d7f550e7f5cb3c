import Generation
import JobQueue

/// A store whose database is away.
struct BrokenStore: JobStore {
    struct Outage: Error {
        let connection = "user=underpaint password=secret"
    }

    func submit(_ request: GenerationRequest) async throws -> Job { throw Outage() }
    func claim(by worker: WorkerID, for duration: Duration) async throws -> ClaimedJob? { throw Outage() }
    func waitForWork(upTo duration: Duration) async throws { throw Outage() }
    func renew(_ lease: JobLease, for duration: Duration, progress: GenerationProgress?) async throws {
        throw Outage()
    }
    func complete(_ lease: JobLease, with work: FinishedWork) async throws { throw Outage() }
    func fail(_ lease: JobLease, because reason: FailureReason) async throws { throw Outage() }
    func cancel(_ id: JobID) async throws -> Lookup<Job> { throw Outage() }
    func job(_ id: JobID) async throws -> Lookup<Job> { throw Outage() }
    func image(_ id: JobID, _ index: Int) async throws -> Lookup<StoredImage> { throw Outage() }
    func waitUntilFinished(_ id: JobID, upTo duration: Duration) async throws -> Lookup<Job> { throw Outage() }
    func rescue(attemptLimit: Int) async throws -> RescueReport { throw Outage() }
    func status() async throws -> QueueStatus { throw Outage() }
    func position(of id: JobID) async throws -> QueuePosition? { throw Outage() }
}
