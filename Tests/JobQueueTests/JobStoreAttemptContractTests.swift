import FoundationEssentials
import Generation
import JobQueue
import Testing

/// What every store keeps of the attempts at a job.
struct JobStoreAttemptContractTests {
    let clock = TestClock()

    private func attempt(
        _ number: Int, _ end: JobAttempt.End, by worker: WorkerID = .first, seconds: Double = 2
    ) -> JobAttempt {
        JobAttempt(
            number: number, worker: worker, startedAt: clock.now.addingTimeInterval(-seconds), endedAt: clock.now,
            end: end)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a job that loses its worker too often fails, and names all the attempts`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        var attempts: [JobAttempt] = []
        for (number, worker) in [(1, WorkerID.first), (2, .second)] {
            _ = try await store.claimNext(by: worker)
            clock.advance(by: .seconds(11))
            _ = try await store.rescue(attemptLimit: 2)
            attempts.append(attempt(number, .lost, by: worker, seconds: 11))
        }
        let failed = try #require(try await store.job(job.id).value?.job)
        guard case .failed(let failure) = failed.state else {
            Issue.record("not failed")
            return
        }
        #expect(failure.reason == .workerLost(attempts: 2))
        #expect(failed.pastAttempts == attempts)
        #expect(
            failed.detail(of: failure)
                == "its worker was lost, 2 times: attempt 1 of first was lost, attempt 2 of second was lost")
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `each end of an attempt is kept`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        var attempts: [JobAttempt] = []
        func claim() async throws -> JobLease {
            let lease = try #require(try await store.claimNext()).lease
            clock.advance(by: .seconds(2))
            return lease
        }
        try await store.handBack(try await claim())
        attempts.append(attempt(1, .handedBack))
        try await store.giveUp(try await claim(), attemptLimit: 3)
        attempts.append(attempt(2, .timedOut))
        #expect(try await store.job(job.id).value?.place?.position == 1)
        try await store.complete(try await claim(), with: .example())
        attempts.append(attempt(3, .completed))
        #expect(try await store.job(job.id).value?.job.pastAttempts == attempts)
        let faulty = try await store.submitJob(.example())
        try await store.fail(try await claim(), because: .generator("out of paint"))
        #expect(try await store.job(faulty.id).value?.job.pastAttempts == [attempt(1, .failed)])
        let unwanted = try await store.submitJob(.example())
        _ = try await claim()
        _ = try await store.cancel(unwanted.id)
        #expect(try await store.job(unwanted.id).value?.job.pastAttempts == [attempt(1, .cancelled)])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a run that hangs goes to another worker, and on the last attempt fails`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        let first = try #require(try await store.claimNext()).lease
        try await store.giveUp(first, attemptLimit: 2)
        await #expect(throws: JobStoreError.leaseLost(first)) { try await store.complete(first, with: .example()) }
        let second = try #require(try await store.claimNext(by: .second)).lease
        try await store.giveUp(second, attemptLimit: 2)
        guard case .failed(let failure)? = try await store.job(job.id).value?.job.state else {
            Issue.record("not failed")
            return
        }
        #expect(failure.reason == .workerLost(attempts: 2))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `of very many attempts the latest are kept`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        for _ in 0..<20 { try await store.handBack(try #require(try await store.claimNext()).lease) }
        let kept = try #require(try await store.job(job.id).value?.job)
        #expect(kept.pastAttempts.map(\.number) == Array(5...20))
        #expect((kept.attempts, kept.handBacks) == (20, 20))
    }
}
