import Generation
import JobQueue
import Testing

/// What is particular to memory: finished jobs are forgotten.
struct InMemoryJobStoreTests {
    let clock = TestClock()

    private func finishJob(in store: InMemoryJobStore, count: Int = 1) async throws -> JobID {
        let job = try await store.submitJob(.example(count: count))
        try await store.complete(try #require(try await store.claimNext()).lease, with: .example(count: count))
        return job.id
    }

    @Test func `the oldest finished jobs are forgotten when there are too many`() async throws {
        let store = InMemoryJobStore(limits: .init(retainedJobs: 2), now: { clock.now })
        var ids: [JobID] = []
        for _ in 0..<3 { ids.append(try await finishJob(in: store)) }
        #expect(await store.job(ids[0]) == .forgotten)
        #expect(await store.image(ids[0], 0) == .forgotten)
        #expect(await store.cancel(ids[0]) == .forgotten)
        #expect(await store.job(ids[1]).value != nil)
        #expect(await store.image(ids[2], 0).value != nil)
    }

    @Test func `finished jobs are forgotten when they are too old`() async throws {
        let store = InMemoryJobStore(limits: .init(retainedAge: .seconds(60)), now: { clock.now })
        let id = try await finishJob(in: store)
        clock.advance(by: .seconds(60))
        #expect(await store.job(id).value != nil)
        clock.advance(by: .seconds(1))
        #expect(await store.job(id) == .forgotten)
    }

    @Test func `images are forgotten when they take too much memory, but not the newest`() async throws {
        // Each example image has three bytes.
        let store = InMemoryJobStore(limits: .init(retainedByteCount: 7), now: { clock.now })
        let first = try await finishJob(in: store)
        let second = try await finishJob(in: store)
        #expect(await store.job(first).value != nil)
        let large = try await finishJob(in: store, count: 5)
        #expect(await store.job(first) == .forgotten)
        #expect(await store.job(second) == .forgotten)
        #expect(await store.image(large, 4).value != nil)
    }

    @Test func `only so many forgotten ids are remembered`() async throws {
        let store = InMemoryJobStore(limits: .init(retainedJobs: 1, forgottenIDs: 2), now: { clock.now })
        var ids: [JobID] = []
        for _ in 0..<5 { ids.append(try await finishJob(in: store)) }
        var answers: [Lookup<JobID>] = []
        for id in ids {
            switch await store.job(id) {
            case .found: answers.append(.found(id))
            case .forgotten: answers.append(.forgotten)
            case .unknown: answers.append(.unknown)
            }
        }
        #expect(answers == [.unknown, .unknown, .forgotten, .forgotten, .found(ids[4])])
    }
}
