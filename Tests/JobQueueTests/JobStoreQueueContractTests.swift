import Generation
import JobQueue
import Testing

/// What every store does with jobs that wait.
struct JobStoreQueueContractTests {
    let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases)
    func `a submitted job is queued and can be looked up`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        #expect(job.state == .queued)
        #expect(job.createdAt == clock.now)
        #expect(try await store.job(job.id).value?.job == job)
        #expect(try await store.job(JobID()) == .unknown)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a full queue refuses, and takes jobs again when one has left it`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 2)
        _ = try await store.submitJob(.example())
        _ = try await store.submitJob(.example())
        await #expect(throws: JobStoreError.queueFull(limit: 2)) { try await store.submitJob(.example()) }
        _ = try await store.claimNext()
        _ = try await store.submitJob(.example())
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `the highest priority is claimed first, then first come`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        var submitted: [Job] = []
        for priority in [0, 5, -1, 5, 0] { submitted.append(try await store.submitJob(.example(priority: priority))) }
        var claimed: [JobID] = []
        while let next = try await store.claimNext() { claimed.append(next.job.id) }
        #expect(claimed == [1, 3, 0, 4, 2].map { submitted[$0].id })
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `many workers never get the same job`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 100)
        for _ in 0..<100 { _ = try await store.submitJob(.example()) }
        let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var ids: [JobID] = []
                    while let next = try await store.claimNext(by: WorkerID("\(worker)")) { ids.append(next.job.id) }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 100)
        #expect(Set(claimed).count == 100)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a queued job is read with its place, the work ahead and the wait, in one moment`(
        kind: StoreUnderTest
    ) async throws {
        let store = try kind.make(clock: clock)
        let last = try await store.submitJob(.example(), gflop: 5)
        let first = try await store.submitJob(.example(priority: 1), gflop: 40)
        #expect(try await store.job(first.id).value?.place == .init(position: 1, workAhead: .zero))
        #expect(try await store.job(last.id).value?.place == .init(position: 2, workAhead: Work(gflop: 40)))
        #expect(try await store.job(last.id).value?.estimatedWait == nil)
        try await store.complete(try #require(try await store.claimNext()).lease, with: .example(total: .seconds(4)))
        let snapshot = try #require(try await store.job(last.id).value)
        #expect(snapshot.place == .init(position: 1, workAhead: .zero))
        #expect(snapshot.status == (try await store.status()))
        #expect((snapshot.estimatedWait, snapshot.estimatedTime) == (.zero, .seconds(0.5)))
        #expect(try await store.job(first.id).value?.place == nil)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a worker is given only the models that it can run`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let urgent = try await store.submitJob(.example(model: "large", priority: 9))
        let job = try await store.submitJob(.example())
        #expect(try await store.claim(by: .first, models: ["small"], for: .seconds(10)) == nil)
        #expect(try await store.claim(by: .first, models: ["fashion", "small"], for: .seconds(10))?.job.id == job.id)
        #expect(
            try await store.claim(by: .first, models: ["fashion", "large"], for: .seconds(10))?.job.id == urgent.id)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a job that has not started within its deadline expires`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example(deadline: .seconds(5)))
        let patient = try await store.submitJob(.example())
        clock.advance(by: .seconds(5))
        #expect(try await store.claimNext()?.job.id == patient.id)
        #expect(try await store.job(job.id).value?.job.state == .expired(at: clock.now))
        #expect(try await store.claimNext() == nil)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a job that started in time does not expire`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example(deadline: .seconds(5)))
        _ = try await store.claimNext()
        clock.advance(by: .seconds(10))
        _ = try await store.rescue(attemptLimit: 3)
        #expect(try await store.job(job.id).value?.job.state == .queued)
    }
}
