import Generation
import JobQueue
import Testing

/// How every store forgets finished jobs: by number, by age, by bytes.
struct JobStoreRetentionContractTests {
    let clock = TestClock()

    private func finishJob(in store: any JobStore, count: Int = 1) async throws -> JobID {
        let job = try await store.submitJob(.example(count: count))
        try await store.complete(try #require(try await store.claimNext()).lease, with: .example(count: count))
        return job.id
    }

    /// What is known of each after a round.
    private func answers(_ ids: [JobID], in store: any JobStore) async throws -> [Lookup<JobID>] {
        try await store.forgetSurplus()
        var answers: [Lookup<JobID>] = []
        for id in ids { answers.append(try await store.job(id).mapped { _ in id }) }
        return answers
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `the oldest finished jobs are forgotten when there are too many`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, limits: .init(retainedJobs: 2))
        var ids: [JobID] = []
        for _ in 0..<3 { ids.append(try await finishJob(in: store)) }
        #expect(try await answers(ids, in: store) == [.forgotten, .found(ids[1]), .found(ids[2])])
        #expect(try await store.image(ids[0], 0) == .forgotten)
        #expect(try await store.cancel(ids[0]) == .forgotten)
        #expect(try await store.image(ids[2], 0).value != nil)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `jobs that ended without images count too, and those that have not ended do not`(
        kind: StoreUnderTest
    ) async throws {
        let store = try kind.make(clock: clock, limits: .init(retainedJobs: 1))
        let (cancelled, running) = (
            try await store.submitJob(.example()).id, try await store.submitJob(.example()).id
        )
        _ = try await store.cancel(cancelled)
        let lease = try #require(try await store.claimNext()).lease
        let queued = try await store.submitJob(.example()).id
        #expect(
            try await answers([cancelled, running, queued], in: store)
                == [.found(cancelled), .found(running), .found(queued)])
        try await store.fail(lease, because: .interrupted)
        #expect(
            try await answers([cancelled, running, queued], in: store)
                == [.forgotten, .found(running), .found(queued)])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `finished jobs are forgotten when they are too old`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, limits: .init(retainedAge: .seconds(60)))
        let old = try await finishJob(in: store)
        clock.advance(by: .seconds(60))
        let young = try await finishJob(in: store)
        #expect(try await answers([old, young], in: store) == [.found(old), .found(young)])
        clock.advance(by: .seconds(1))
        #expect(try await answers([old, young], in: store) == [.forgotten, .found(young)])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `images are forgotten when they take too much room, but not the newest`(kind: StoreUnderTest) async throws {
        // Each example image has three bytes.
        let store = try kind.make(clock: clock, limits: .init(retainedByteCount: 7))
        let (first, second) = (try await finishJob(in: store), try await finishJob(in: store))
        #expect(try await answers([first, second], in: store) == [.found(first), .found(second)])
        let large = try await finishJob(in: store, count: 5)
        #expect(try await answers([first, second, large], in: store) == [.forgotten, .forgotten, .found(large)])
        #expect(try await store.image(large, 4).value != nil)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what is deleted makes room`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, limits: .init(retainedJobs: 2, retainedByteCount: 9))
        let (kept, deleted) = (try await finishJob(in: store), try await finishJob(in: store, count: 2))
        _ = try await store.delete(deleted)
        let last = try await finishJob(in: store, count: 2)
        #expect(try await answers([kept, deleted, last], in: store) == [.found(kept), .forgotten, .found(last)])
        let newest = try await finishJob(in: store)
        #expect(try await answers([kept, last, newest], in: store) == [.forgotten, .found(last), .found(newest)])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `only so many forgotten ids are remembered`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, limits: .init(retainedJobs: 1, forgottenIDs: 2))
        var ids: [JobID] = []
        for _ in 0..<5 {
            ids.append(try await finishJob(in: store))
            clock.advance(by: .seconds(1))
            try await store.forgetSurplus()
        }
        #expect(
            try await answers(ids, in: store) == [.unknown, .unknown, .forgotten, .forgotten, .found(ids[4])])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `more than one transaction forgets are forgotten in one round`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, limits: .init(queuedJobs: 10, retainedJobs: 1, forgottenIDs: 300))
        var ids: [JobID] = []
        for _ in 0..<502 {
            ids.append(try await store.submitJob(.example()).id)
            _ = try await store.cancel(ids[ids.count - 1])
        }
        let answers = try await answers(ids, in: store)
        #expect(answers.count { $0 == .found(ids[501]) } == 1)
        #expect(answers.count { $0 == .forgotten } == 300)
        #expect(answers.count { $0 == .unknown } == 201)
    }
}

extension Lookup {
    func mapped<Other>(_ transform: (Value) -> Other) -> Lookup<Other> {
        switch self {
        case .found(let value): .found(transform(value))
        case .forgotten: .forgotten
        case .unknown: .unknown
        }
    }
}
