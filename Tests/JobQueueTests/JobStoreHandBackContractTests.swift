import Generation
import JobQueue
import Testing

/// How every store takes a job back from a worker that stops.
struct JobStoreHandBackContractTests {
    let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases)
    func `a job that is handed back goes to its old place, and the attempt does not count`(
        kind: StoreUnderTest
    ) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example())
        _ = try await store.submitJob(.example())
        for _ in 0..<3 {
            let lease = try #require(try await store.claimNext()).lease
            #expect(lease.job == job.id)
            try await store.handBack(lease)
            #expect(try await store.job(job.id).value?.place?.position == 1)
        }
        // Its first lost worker is not its fourth.
        _ = try await store.claimNext()
        clock.advance(by: .seconds(11))
        #expect(try await store.rescue(attemptLimit: 2).requeued == [job.id])
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a lease that was handed back is not the next one of the same worker`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        _ = try await store.submitJob(.example())
        let first = try #require(try await store.claimNext()).lease
        try await store.handBack(first)
        await #expect(throws: JobStoreError.leaseLost(first)) { try await store.handBack(first) }
        let second = try #require(try await store.claimNext()).lease
        #expect(second != first)
        await #expect(throws: JobStoreError.leaseLost(first)) { try await store.complete(first, with: .example()) }
        try await store.complete(second, with: .example())
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a job that started in time and was handed back does not expire`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock)
        let job = try await store.submitJob(.example(deadline: .seconds(5)))
        try await store.handBack(try #require(try await store.claimNext()).lease)
        clock.advance(by: .seconds(10))
        #expect(try await store.job(job.id).value?.job.state == .queued)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `one renewal is for all leases of a process, and names those that are lost`(kind: StoreUnderTest) async throws
    {
        let store = try kind.make(clock: clock)
        for _ in 0..<3 { _ = try await store.submitJob(.example()) }
        var leases: [JobLease] = []
        while let claimed = try await store.claimNext() { leases.append(claimed.lease) }
        _ = try await store.cancel(leases[1].job)
        clock.advance(by: .seconds(6))
        let lost = try await store.renew(leases.map { LeaseRenewal($0, progress: nil) }, for: .seconds(10))
        #expect(lost == [leases[1]])
        clock.advance(by: .seconds(6))
        #expect(try await store.rescue(attemptLimit: 3) == RescueReport())
    }
}
