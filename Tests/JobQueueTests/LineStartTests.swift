import Testing

@testable import JobQueue

/// Two processes, one of which puts back what the other has passed by.
@Suite(.timeLimit(.minutes(1)))
struct LineStartTests {
    private struct TwoStores {
        let (mine, others): (SQLJobStore, SQLJobStore)

        init() throws {
            let address = try PostgreSQLServer.makeAddress()
            mine = try SQLJobStore(postgreSQL: address, connections: 1)
            others = try SQLJobStore(postgreSQL: address, connections: 1)
        }

        /// The others claim the oldest job, and this one sees where the line begins then.
        func claimOldest() async throws -> ClaimedJob {
            let oldest = try #require(try await others.claimNext())
            _ = try await mine.rescue(attemptLimit: 3)
            #expect(mine.lineStart.sequence > 0)
            return oldest
        }
    }

    @Test func `what another process puts back is claimed at once where nothing is behind it`() async throws {
        let stores = try TwoStores()
        _ = try await stores.mine.submitJob(.example())
        let older = try await stores.claimOldest()
        try await stores.others.handBack(older.lease)
        #expect(try await stores.mine.claimNext()?.job.id == older.job.id)
    }

    @Test func `what another process puts back is next after a look for silent workers`() async throws {
        let stores = try TwoStores()
        var ids: [JobID] = []
        for _ in 0..<3 { ids.append(try await stores.mine.submitJob(.example()).id) }
        let older = try await stores.claimOldest()
        try await stores.others.handBack(older.lease)
        // Passed by, as the line was seen to begin behind it.
        #expect(try await stores.mine.claimNext()?.job.id == ids[1])
        _ = try await stores.mine.rescue(attemptLimit: 3)
        #expect(try await stores.mine.claimNext()?.job.id == older.job.id)
        #expect(try await stores.mine.claimNext()?.job.id == ids[2])
    }

    @Test func `what this process puts back is next`() async throws {
        let stores = try TwoStores()
        for _ in 0..<3 { _ = try await stores.mine.submitJob(.example()) }
        let first = try #require(try await stores.mine.claimNext())
        _ = try await stores.mine.rescue(attemptLimit: 3)
        try await stores.mine.handBack(first.lease)
        #expect(try await stores.mine.claimNext()?.job.id == first.job.id)
    }

    @Test func `a job of a higher priority is next wherever the line begins`() async throws {
        let stores = try TwoStores()
        for _ in 0..<3 { _ = try await stores.mine.submitJob(.example()) }
        _ = try await stores.claimOldest()
        let urgent = try await stores.others.submitJob(.example(priority: 5))
        #expect(try await stores.mine.claimNext()?.job.id == urgent.id)
    }
}
