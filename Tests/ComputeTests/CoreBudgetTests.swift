import Synchronization
import Testing

@testable import Compute

@Suite("Cores that jobs share")
struct CoreBudgetTests {
    @Test(
        arguments: [
            (1, 1, [1]), (1, 3, [1, 1, 1]), (2, 1, [2]), (2, 2, [1, 1]), (4, 3, [2, 1, 1]), (8, 3, [3, 3, 2]),
            (5, 2, [3, 2]), (4, 0, []), (64, 4, [16, 16, 16, 16]), (2, 4, [1, 1, 1, 1]),
        ] as [(Int, Int, [Int])])
    func `jobs have even parts of the cores, the earlier ones what is left over, and each one at least`(
        cores: Int, jobs: Int, expected: [Int]
    ) {
        #expect(CoreBudget.division(of: cores, among: jobs) == expected)
    }

    @Test func `a job has all cores until another one starts, and again when that has ended`() {
        let budget = CoreBudget(cores: 5)
        let shares = (0..<3).map { _ in budget.makeShare() }
        func cores() -> [Int] { shares.map(\.cores) }
        #expect(cores() == [1, 1, 1])
        shares[1].claim()
        #expect(cores() == [1, 5, 1])
        shares[0].claim()
        #expect(cores() == [2, 3, 1])
        shares[2].claim()
        #expect(cores() == [2, 2, 1])
        shares[1].release()
        #expect(cores() == [3, 1, 2])
        shares[0].release()
        #expect(cores() == [1, 1, 5])
        shares[2].release()
        #expect(cores() == [1, 1, 1])
    }

    @Test(arguments: Engine.available.filter { $0.offer != .reference })
    func `a backend has its share while it runs a job, also one that throws`(engine: Engine) {
        struct Failure: Error {}
        let budget = CoreBudget(cores: 2)
        let (share, other) = (budget.makeShare(), budget.makeShare())
        let backend = engine.makeBackend(threads: 2, share: share)
        #expect(backend.withCores { share.cores } == 2)
        #expect(throws: Failure.self) { try backend.withCores { throw Failure() } }
        other.claim()
        #expect(other.cores == 2 && backend.withCores { share.cores } == 1)
        #expect(other.cores == 2)
    }

    @Test func `a team lets no more threads take part than its share has, and no more than it has itself`() {
        let budget = CoreBudget(cores: 3)
        let (share, other) = (budget.makeShare(), budget.makeShare())
        let team = ThreadTeam(threadCount: 2, share: share)
        let largest = Atomic(0)
        func run() {
            for _ in 0..<200 {
                team.run(chunks: 8) { _, thread in largest.max(thread, ordering: .relaxed) }
            }
        }
        share.claim()
        #expect(team.presentThreads == 2)
        other.claim()
        #expect(team.presentThreads == 2)
        run()
        #expect(largest.load(ordering: .relaxed) <= 1)
        let third = budget.makeShare()
        third.claim()
        #expect(team.presentThreads == 1)
        largest.store(0, ordering: .relaxed)
        run()
        #expect(largest.load(ordering: .relaxed) == 0)
    }

    @Test func `a team whose share changes between operations runs every chunk once`() {
        let budget = CoreBudget(cores: 4)
        let (share, other) = (budget.makeShare(), budget.makeShare())
        let team = ThreadTeam(threadCount: 4, share: share)
        share.claim()
        let done = (0..<16).map { _ in Counter() }
        for round in 0..<400 {
            round.isMultiple(of: 2) ? other.claim() : other.release()
            team.run(chunks: 16) { chunk, _ in done[chunk].count.add(1, ordering: .relaxed) }
        }
        #expect(done.allSatisfy { $0.count.load(ordering: .relaxed) == 400 })
    }
}

private final class Counter: Sendable {
    let count = Atomic(0)
}
