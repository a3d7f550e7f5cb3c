import JobQueue
import Testing

/// What every store does with jobs that wait.
struct JobStoreQueueContractTests {
    let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases)
    func `a submitted job is queued and can be looked up`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example())
        #expect(job.state == .queued)
        #expect(job.createdAt == clock.now)
        #expect(try await store.job(job.id) == .found(job))
        #expect(try await store.job(JobID()) == .unknown)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a full queue refuses, and takes jobs again when one has left it`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock, queueLimit: 2)
        _ = try await store.submit(.example())
        _ = try await store.submit(.example())
        await #expect(throws: JobStoreError.queueFull(limit: 2)) { try await store.submit(.example()) }
        _ = try await store.claimNext()
        _ = try await store.submit(.example())
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `the highest priority is claimed first, then first come`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        var submitted: [Job] = []
        for priority in [0, 5, -1, 5, 0] { submitted.append(try await store.submit(.example(priority: priority))) }
        var claimed: [JobID] = []
        while let next = try await store.claimNext() { claimed.append(next.job.id) }
        #expect(claimed == [1, 3, 0, 4, 2].map { submitted[$0].id })
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `many workers never get the same job`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock, queueLimit: 100)
        for _ in 0..<100 { _ = try await store.submit(.example()) }
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
    func `a queued job knows its position and the images ahead of it`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let last = try await store.submit(.example())
        let first = try await store.submit(.example(count: 4, priority: 1))
        #expect(try await store.position(of: first.id) == QueuePosition(position: 1, imagesAhead: 0))
        #expect(try await store.position(of: last.id) == QueuePosition(position: 2, imagesAhead: 4))
        _ = try await store.claimNext()
        #expect(try await store.position(of: first.id) == nil)
        #expect(try await store.position(of: last.id) == QueuePosition(position: 1, imagesAhead: 0))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a job that has not started within its deadline expires`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example(deadline: .seconds(5)))
        let patient = try await store.submit(.example())
        clock.advance(by: .seconds(5))
        #expect(try await store.claimNext()?.job.id == patient.id)
        #expect(try await store.job(job.id).value?.state == .expired(at: clock.now))
        #expect(try await store.claimNext() == nil)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a job that started in time does not expire`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example(deadline: .seconds(5)))
        _ = try await store.claimNext()
        clock.advance(by: .seconds(10))
        _ = try await store.rescue(attemptLimit: 3)
        #expect(try await store.job(job.id).value?.state == .queued)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `work wakes whoever waits for it`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let waiting = Task { try await store.waitForWork(upTo: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(20))
        let elapsed = try await ContinuousClock().measure {
            _ = try await store.submit(.example())
            try await waiting.value
        }
        #expect(elapsed < .seconds(30))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `waiting for work ends with the time`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        try await store.waitForWork(upTo: .milliseconds(10))
        #expect(try await store.claimNext() == nil)
    }
}
