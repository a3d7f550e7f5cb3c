import Compute
import Generation
import MARModel
import Pipeline
import RepositoryFiles
import Sampler
import Synchronization
import Testing

@Suite("Jobs that share the cores", .serialized)
struct SharedCoresTests {
    private func pipeline(_ engine: Engine, threads: Int, share: CoreShare? = nil) throws -> GenerationPipeline {
        let backend = engine.makeBackend(threads: threads, share: share)
        return GenerationPipeline(
            models: ["tiny": try MARModel(directory: RepositoryFiles.tiny, backend: backend)], backend: backend)
    }

    private func request(seed: UInt64, count: Int = 1) -> GenerationRequest {
        GenerationRequest(
            model: "tiny", classID: 3, className: "class 3", count: count, seed: seed, guidance: 3,
            guidanceSchedule: .linear, temperature: 1,
            sampler: SamplerPreset.gtr16.settings(for: TokenGrid(height: 8, width: 8)), metadata: true, priority: 0,
            deadline: nil)
    }

    @Test(arguments: Engine.available.filter { $0.offer != .reference })
    func `an image has the same bytes if threads come and go at every step`(engine: Engine) throws {
        let expected = try pipeline(engine, threads: 1).generate(request(seed: 5, count: 2)) { _ in }.images
        let budget = CoreBudget(cores: 4)
        let (share, others) = (budget.makeShare(), [budget.makeShare(), budget.makeShare(), budget.makeShare()])
        var (seen, steps) = (Set<Int>(), 0)
        let images = try pipeline(engine, threads: 4, share: share).generate(request(seed: 5, count: 2)) { _ in
            // One more job at each step, then one less.
            let (start, index) = (steps / 3 % 2 == 0, steps % 3)
            start ? others[index].claim() : others[index].release()
            seen.insert(share.cores)
            steps += 1
        }.images
        #expect(images == expected)
        #expect(seen == [1, 2, 4] && share.cores == 1)
    }

    @Test func `each of many jobs on several workers has the bytes that it has alone`() async throws {
        let engine = EngineChoice().engine
        let alone = try pipeline(engine, threads: 1)
        let expected = try (0..<6).map { try alone.generate(request(seed: UInt64($0))) { _ in }.images[0].png }
        let budget = CoreBudget(cores: 3)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for worker in 0..<3 {
                let share = budget.makeShare()
                group.addTask {
                    let pipeline = try pipeline(engine, threads: 3, share: share)
                    // They start and end at different times.
                    return try (0..<6).dropFirst(worker).allSatisfy { seed in
                        try pipeline.generate(request(seed: UInt64(seed))) { _ in }.images[0].png == expected[seed]
                    }
                }
            }
            for try await isSame in group { #expect(isSame) }
        }
        let last = budget.makeShare()
        last.claim()
        #expect(last.cores == 3, "every job has given back what it had")
    }
}
