import Generation
import JobQueue
import Testing

/// How every store lists jobs, deletes them, and knows a submission again.
struct JobStoreKeepingContractTests {
    let clock = TestClock()

    private func finishNext(in store: any JobStore) async throws {
        try await store.complete(try #require(try await store.claimNext()).lease, with: .example())
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a list is newest first, and goes on where it ended while jobs come and go`(kind: StoreUnderTest) async throws
    {
        let store = try kind.make(clock: clock)
        var ids: [JobID] = []
        for _ in 0..<5 { ids.append(try await store.submitJob(.example()).id) }
        let first = try await store.list(JobSelection(limit: 2))
        #expect(first.jobs.map(\.job.id) == [ids[4], ids[3]])
        #expect(first.jobs.map(\.place?.position) == [5, 4])
        // A cursor is text on its way to the client and back.
        let next = try #require(first.next)
        let cursor = try #require(JobCursor(next.description))
        _ = try await store.submitJob(.example())
        _ = try await store.delete(ids[3])
        let second = try await store.list(JobSelection(after: cursor, limit: 3))
        #expect(second.jobs.map(\.job.id) == [ids[2], ids[1], ids[0]])
        #expect(second.next == nil)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a list can be of some states only`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        var ids: [JobID] = []
        for _ in 0..<4 { ids.append(try await store.submitJob(.example()).id) }
        try await finishNext(in: store)
        _ = try await store.claimNext()
        _ = try await store.cancel(ids[2])
        let ended = try await store.list(JobSelection(statuses: [.completed, .cancelled]))
        #expect(ended.jobs.map(\.job.id) == [ids[2], ids[0]])
        #expect(try await store.list(JobSelection(statuses: [.running])).jobs.map(\.job.id) == [ids[1]])
        #expect(try await store.list(JobSelection(statuses: [.expired])) == JobPage(jobs: [], next: nil))
    }

    @Test(arguments: ["", "0", "-1", "+1", "01", "1 ", "x", "99999999999999999999"])
    func `another text is no cursor`(text: String) {
        #expect(JobCursor(text) == nil)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a deleted job is forgotten with its images, whatever its state was`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let completed = try await store.submitJob(.example())
        try await finishNext(in: store)
        let running = try await store.submitJob(.example())
        let lease = try #require(try await store.claimNext()).lease
        let queued = try await store.submitJob(.example())
        #expect(try await store.delete(completed.id).value?.state.status == .completed)
        for id in [running.id, queued.id] { #expect(try await store.delete(id).value?.state.status == .cancelled) }
        for id in [completed.id, running.id, queued.id] {
            #expect(try await store.job(id) == .forgotten)
            #expect(try await store.image(id, 0) == .forgotten)
            #expect(try await store.delete(id) == .forgotten)
        }
        #expect(try await store.delete(JobID()) == .unknown)
        await #expect(throws: JobStoreError.leaseLost(lease)) { try await store.complete(lease, with: .example()) }
        #expect(try await store.claimNext() == nil)
        #expect(try await store.list(JobSelection()).jobs.isEmpty)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a submission that comes twice makes one job, also where the queue is full`(kind: StoreUnderTest) async throws
    {
        let store = try kind.make(clock: clock, queueLimit: 1)
        let submission = JobSubmission.example(key: "a", hash: "one")
        let first = try await store.submit(submission)
        let second = try await store.submit(submission)
        #expect(first.isNew && !second.isNew)
        #expect(first.id == second.id)
        #expect(try await store.status().queuedJobs == 1)
        try await finishNext(in: store)
        let third = try await store.submit(submission)
        #expect(try await store.job(third.id).value?.job.state.status == .completed)
        #expect(try await store.submit(.example(owner: "other", key: "a", hash: "two")).isNew)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a key that comes with another request is refused`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submit(.example(key: "a", hash: "one"))
        await #expect(throws: JobStoreError.idempotencyConflict(key: "a", job: job.id)) {
            try await store.submit(.example(key: "a", hash: "two"))
        }
        _ = try await store.delete(job.id)
        #expect(try await store.submit(.example(key: "a", hash: "two")).isNew)
    }
}

extension JobSubmission {
    fileprivate static func example(owner: String = "owner", key: String, hash: String) -> JobSubmission {
        JobSubmission(
            .example(), work: Work(gflop: 1), owner: JobOwner(name: owner),
            idempotency: .init(key: key, requestHash: SHA256Digest(of: Array(hash.utf8))))
    }
}
