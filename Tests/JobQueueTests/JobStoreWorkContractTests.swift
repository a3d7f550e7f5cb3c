import Generation
import JobQueue
import Testing

/// How every store counts work, and what it promises from it.
struct JobStoreWorkContractTests {
    let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases)
    func `the status counts jobs and what is left to do, and measures speed`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        for gflop in [8.0, 4, 1] { _ = try await store.submitJob(.example(), gflop: gflop) }
        #expect(try await store.status().estimatedWait(workAhead: Work(gflop: 3)) == nil)
        try await store.complete(try #require(try await store.claimNext()).lease, with: .example(total: .seconds(4)))
        let lease = try #require(try await store.claimNext()).lease
        try await store.renew(lease, for: .seconds(9), progress: .init(stage: .structure, step: 3, steps: 4))
        let status = try await store.status()
        #expect(
            status
                == QueueStatus(
                    queuedJobs: 1, runningJobs: 1, queuedWork: Work(gflop: 1), runningWork: Work(gflop: 1),
                    leastRunningWork: Work(gflop: 1), speed: 2))
        // A quarter of the job that runs, and three more, at two a second.
        #expect(status.estimatedWait(workAhead: Work(gflop: 3)) == .seconds(2))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `after many small jobs the wait behind large ones is as long as their work`(
        kind: StoreUnderTest
    ) async throws {
        let store = try kind.make(clock: clock)
        for _ in 0..<33 {
            _ = try await store.submitJob(.example(), gflop: 0.2)
            let lease = try #require(try await store.claimNext()).lease
            try await store.complete(lease, with: .example(total: .milliseconds(30)))
        }
        var large: [Job] = []
        for _ in 0..<6 { large.append(try await store.submitJob(.example(), gflop: 40)) }
        _ = try await store.claimNext()
        // Each takes 6 s: five run before the last one, which is done after all six.
        let last = try #require(try await store.job(large[5].id).value)
        #expect(abs(try #require(last.estimatedWait).seconds - 30) < 0.001)
        #expect(abs(try #require(last.estimatedTime).seconds - 36) < 0.001)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `the next job waits for the running one that has least left`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        _ = try await store.submitJob(.example(), gflop: 1)
        try await store.complete(try #require(try await store.claimNext()).lease, with: .example(total: .seconds(1)))
        for gflop in [10.0, 4, 1, 1] { _ = try await store.submitJob(.example(), gflop: gflop) }
        for worker in [WorkerID.first, .second] { _ = try await store.claimNext(by: worker) }
        let status = try await store.status()
        #expect(status.estimatedWait(workAhead: .zero) == .seconds(4))
        // Two workers share all that is before it.
        #expect(status.estimatedWait(workAhead: Work(gflop: 1)) == .seconds(7.5))
    }
}
