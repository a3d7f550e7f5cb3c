import JobQueue
import Testing

/// How every store holds callers until a job is finished.
struct JobStoreWaitContractTests {
    enum Ending: CaseIterable {
        case complete, fail, cancel
    }

    let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases, Ending.allCases)
    func `the end of a job wakes all who wait for it`(kind: StoreUnderTest, ending: Ending) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example())
        let lease = try #require(try await store.claimNext()).lease
        try await withThrowingTaskGroup(of: Lookup<Job>.self) { group in
            for _ in 0..<3 { group.addTask { try await store.waitUntilFinished(job.id, upTo: .seconds(60)) } }
            try await Task.sleep(for: .milliseconds(20))
            switch ending {
            case .complete: try await store.complete(lease, with: .example())
            case .fail: try await store.fail(lease, because: .interrupted)
            case .cancel: _ = try await store.cancel(job.id)
            }
            for try await seen in group { #expect(seen.value?.state.isFinished == true) }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `waiting ends with the time, and shows how far the job is`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example())
        #expect(try await store.waitUntilFinished(job.id, upTo: .milliseconds(10)) == .found(job))
        #expect(try await store.waitUntilFinished(job.id, upTo: .zero) == .found(job))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `nobody waits for a job that is finished or unknown`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example())
        _ = try await store.cancel(job.id)
        let elapsed = try await ContinuousClock().measure {
            let finished = try await store.waitUntilFinished(job.id, upTo: .seconds(60))
            let unknown = try await store.waitUntilFinished(JobID(), upTo: .seconds(60))
            #expect(finished.value?.state.status == .cancelled)
            #expect(unknown == .unknown)
        }
        #expect(elapsed < .seconds(30))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a cancelled task stops waiting at once`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example())
        _ = try await store.claimNext()
        let waiting = Task {
            async let finish = store.waitUntilFinished(job.id, upTo: .seconds(60))
            async let work: Void = store.waitForWork(upTo: .seconds(60))
            _ = try await (finish, work)
        }
        try await Task.sleep(for: .milliseconds(20))
        let elapsed = await ContinuousClock().measure {
            waiting.cancel()
            _ = await waiting.result
        }
        #expect(elapsed < .seconds(30))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `hundreds of callers come and go without one being left behind`(kind: StoreUnderTest) async throws {
        let store = kind.make(clock: clock)
        let job = try await store.submit(.example())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let limit: Duration = index.isMultiple(of: 3) ? .milliseconds(index / 10) : .seconds(60)
                    let waiting = Task { try await store.waitUntilFinished(job.id, upTo: limit) }
                    if index % 3 == 1 { waiting.cancel() }
                    _ = try await waiting.value
                }
            }
            try await Task.sleep(for: .milliseconds(15))
            _ = try await store.cancel(job.id)
            try await group.waitForAll()
        }
    }
}
