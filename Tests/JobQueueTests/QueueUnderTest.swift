import Generation
import JobQueue
import Testing

/// Every store under a queue: with its signals, and with signals that lose everything.
struct QueueUnderTest: Sendable, CustomTestStringConvertible {
    let store: StoreUnderTest
    let losesNews: Bool

    static let all = StoreUnderTest.allCases.flatMap { store in
        [false, true].map { QueueUnderTest(store: store, losesNews: $0) }
    }

    var testDescription: String { "\(store)\(losesNews ? ", news lost" : "")" }

    func make(clock: TestClock) throws -> JobQueue {
        try losesNews
            ? JobQueue(store.make(clock: clock), signals: NoSignals(), rereadInterval: .milliseconds(5))
            : JobQueue(store.make(clock: clock), rereadInterval: .seconds(600))
    }
}

/// A network that is down.
struct NoSignals: JobSignals {
    func publish(_ news: JobNews) {}

    func subscribe(to news: Set<JobNews>) -> NewsSubscription {
        NewsSubscription(Bell()) {}
    }
}

extension JobQueue {
    func submitJob(_ request: GenerationRequest) async throws -> Job {
        try await submit(JobSubmission(request, work: Work(gflop: Double(request.count)))).snapshot.job
    }

    /// Claims a job that is known to be there, for ten seconds.
    func claimNext(by worker: WorkerID = .first) async throws -> ClaimedJob? {
        try await next(by: worker, models: ["fashion"], for: .seconds(10))
    }
}
