import Generation
import Testing

@testable import JobQueue

/// Who waits for how much, as every store counts it.
struct JobStoreCensusContractTests {
    let clock = TestClock()

    @Test(arguments: StoreUnderTest.allCases)
    func `unfinished jobs are counted by owner and model, in pages of any size`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: clock, queueLimit: 100)
        for (name, gflop) in [("a", 1.0), ("b", 2), ("b", 4), ("c", 8), ("c", 16)] {
            _ = try await store.submit(
                JobSubmission(.example(), work: Work(gflop: gflop), owner: JobOwner(name: name)))
        }
        let first = try #require(try await store.claimNext())
        try await store.complete(first.lease, with: .example())
        let running = try #require(try await store.claimNext()).job
        let census = try await store.census()
        func amount(_ name: String, _ amounts: [QueueCensus.Group: QueueCensus.Amount]) -> QueueCensus.Amount? {
            amounts[QueueCensus.Group(owner: name, model: running.request.model)]
        }
        #expect(first.job.owner.name == "a" && running.owner.name == "b")
        #expect(census.queued.count == 2 && census.running.count == 1)
        #expect(amount("b", census.queued) == .init(jobs: 1, work: Work(gflop: 4)))
        #expect(amount("c", census.queued) == .init(jobs: 2, work: Work(gflop: 24)))
        #expect(amount("b", census.running) == .init(jobs: 1, work: Work(gflop: 2)))
        for pageLimit in [1, 2, 100] {
            #expect(try await QueueCensus(listing: store, pageLimit: pageLimit) == census)
        }
    }
}
