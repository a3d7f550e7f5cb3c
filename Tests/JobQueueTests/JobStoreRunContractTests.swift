import FoundationEssentials
import Generation
import JobQueue
import Testing

/// What every store does with jobs that run.
struct JobStoreRunContractTests {
    let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases)
    func `a claimed job runs under a lease, and shows its progress`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        clock.advance(by: .seconds(1))
        let claimed = try #require(try await store.claimNext())
        let startedAt = clock.now
        #expect(claimed.lease == JobLease(job: job.id, worker: .first, attempt: 1))
        clock.advance(by: .seconds(3))
        let progress = GenerationProgress(stage: .structure, step: 2, steps: 5)
        try await store.renew(claimed.lease, for: .seconds(10), progress: progress)
        try await store.renew(claimed.lease, for: .seconds(10), progress: nil)
        guard case .running(let run)? = try await store.job(job.id).value?.job.state else {
            Issue.record("not running")
            return
        }
        #expect(run.worker == .first)
        #expect(run.startedAt == startedAt)
        #expect(run.leaseExpiresAt == clock.now.addingTimeInterval(10))
        #expect(run.progress == progress)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a completed job has its images, their facts and the measured times`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example(count: 2))
        let claimed = try #require(try await store.claimNext())
        let startedAt = clock.now
        clock.advance(by: .seconds(2))
        let work = FinishedWork.example(count: 2, total: .seconds(1.5))
        try await store.complete(claimed.lease, with: work)
        guard case .completed(let completion)? = try await store.job(job.id).value?.job.state else {
            Issue.record("not completed")
            return
        }
        #expect(completion.startedAt == startedAt)
        #expect(completion.finishedAt == clock.now)
        #expect(completion.total == .seconds(1.5))
        #expect(completion.stages == work.stages)
        #expect(completion.images == work.images.map(\.facts))
        #expect(completion.images.map(\.byteCount) == [3, 3])
        #expect(completion.images[1].sha256 == SHA256Digest(of: [1, 2, 1]))
        #expect(try await store.image(job.id, 1) == .found(work.images[1]))
        #expect(try await store.image(job.id, 2) == .unknown)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a failed job keeps the reason`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        let claimed = try #require(try await store.claimNext())
        try await store.fail(claimed.lease, because: .generator("out of paint"))
        guard case .failed(let failure)? = try await store.job(job.id).value?.job.state else {
            Issue.record("not failed")
            return
        }
        #expect(failure.reason == .generator("out of paint"))
        #expect((failure.startedAt, failure.finishedAt) == (clock.now, clock.now))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a queued job is cancelled at once and never claimed`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        #expect(try await store.cancel(job.id).value?.job.state == .cancelled(startedAt: nil, at: clock.now))
        #expect(try await store.claimNext() == nil)
        #expect(try await store.cancel(JobID()) == .unknown)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `cancelling a running job takes the lease from its worker`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        let lease = try #require(try await store.claimNext()).lease
        #expect(try await store.cancel(job.id).value?.job.state == .cancelled(startedAt: clock.now, at: clock.now))
        let lost = JobStoreError.leaseLost(lease)
        await #expect(throws: lost) { try await store.renew(lease, for: .seconds(1), progress: nil) }
        await #expect(throws: lost) { try await store.complete(lease, with: .example()) }
        await #expect(throws: lost) { try await store.fail(lease, because: .interrupted) }
        #expect(try await store.job(job.id).value?.job.state.status == .cancelled)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `cancelling a finished job leaves it as it is`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        try await store.complete(try #require(try await store.claimNext()).lease, with: .example())
        #expect(try await store.cancel(job.id).value?.job.state.status == .completed)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `only a job whose worker fell silent is rescued, before younger ones`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let silent = try await store.submitJob(.example())
        let lively = try await store.submitJob(.example())
        let silentLease = try #require(try await store.claimNext()).lease
        let livelyLease = try #require(try await store.claimNext()).lease
        _ = try await store.submitJob(.example())
        clock.advance(by: .seconds(6))
        try await store.renew(livelyLease, for: .seconds(10), progress: nil)
        clock.advance(by: .seconds(6))
        #expect(try await store.rescue(attemptLimit: 2) == RescueReport(requeued: [silent.id]))
        #expect(try await store.job(lively.id).value?.job.state.status == .running)
        let second = try #require(try await store.claimNext(by: .second))
        #expect(second.job.id == silent.id)
        #expect(second.lease.attempt == 2)
        await #expect(throws: JobStoreError.leaseLost(silentLease)) {
            try await store.complete(silentLease, with: .example())
        }
        try await store.complete(second.lease, with: .example())
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a late report of an earlier attempt is refused, even by the same worker`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        _ = try await store.submitJob(.example())
        let first = try #require(try await store.claimNext()).lease
        clock.advance(by: .seconds(11))
        _ = try await store.rescue(attemptLimit: 2)
        _ = try await store.claimNext()
        await #expect(throws: JobStoreError.leaseLost(first)) { try await store.complete(first, with: .example()) }
    }
}
