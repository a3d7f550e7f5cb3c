import Testing

@testable import JobQueue

struct QueueBoundTests {
    @Test func `before the first count there may be any number`() {
        #expect(QueueBound().mayExceed(1_000_000, at: 1))
    }

    @Test func `those that came since the count may all still wait`() {
        let bound = QueueBound()
        bound.note(100, at: 5_000)
        #expect(!bound.mayExceed(1_000, at: 5_001))
        #expect(!bound.mayExceed(1_000, at: 5_868))
        #expect(bound.mayExceed(1_000, at: 5_869))
    }

    @Test func `a queue with a small limit is counted each time`() {
        let bound = QueueBound()
        bound.note(0, at: 7)
        #expect(bound.mayExceed(30, at: 8))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `the limit holds where most submissions are not counted`(kind: StoreUnderTest) async throws {
        let store = try kind.make(clock: TestClock(), queueLimit: 100)
        for _ in 0..<100 { _ = try await store.submitJob(.example()) }
        await #expect(throws: JobStoreError.queueFull(limit: 100)) { _ = try await store.submitJob(.example()) }
        _ = try #require(try await store.claimNext())
        _ = try await store.submitJob(.example())
        await #expect(throws: JobStoreError.queueFull(limit: 100)) { _ = try await store.submitJob(.example()) }
    }
}
