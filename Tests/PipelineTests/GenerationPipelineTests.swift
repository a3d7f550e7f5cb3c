import Compute
import ExampleModels
import Generation
import JSON
import MARModel
import Pipeline
import RepositoryFiles
import Sampler
import Testing

@Suite("Generating images", .serialized)
struct GenerationPipelineTests {
    private static let grid = TokenGrid(height: 8, width: 8)

    private func pipeline(
        threads: Int, engine: Engine = EngineChoice().engine
    ) throws -> GenerationPipeline {
        let backend = engine.makeBackend(threads: threads)
        return GenerationPipeline(
            models: ["tiny": try MARModel(directory: RepositoryFiles.tiny, backend: backend)], backend: backend)
    }

    private func request(
        seed: UInt64 = 7, count: Int = 1, preset: SamplerPreset = .gtr16, guidance: Double = 3,
        metadata: Bool = true
    ) -> GenerationRequest {
        GenerationRequest(
            model: "tiny", classID: 3, className: "class 3", count: count, seed: seed, guidance: guidance,
            guidanceSchedule: .linear, temperature: 1, sampler: preset.settings(for: Self.grid), metadata: metadata,
            priority: 0, deadline: nil)
    }

    @Test(
        arguments: Engine.available.filter { $0.offer != .reference },
        [(SamplerPreset.gtr16, 1.0), (.gtr16, 3), (.gtr32, 3), (.mar64, 1), (.mar64, 3)])
    func `the same seed gives the same bytes alone, in a batch of 4, with 1 or 2 threads and after a restart`(
        engine: Engine, sampling: (preset: SamplerPreset, guidance: Double)
    ) throws {
        let (preset, guidance) = sampling
        let batch = try pipeline(threads: 2, engine: engine)
            .generate(request(seed: 10, count: 4, preset: preset, guidance: guidance)) { _ in }.images
        #expect(batch.map(\.seed) == [10, 11, 12, 13] && batch.map(\.index) == [0, 1, 2, 3])
        for threads in [1, 2] {
            let alone = try pipeline(threads: threads, engine: engine)
                .generate(request(seed: 12, preset: preset, guidance: guidance)) { _ in }.images
            #expect(alone.map(\.png) == [batch[2].png])
        }
        #expect(Set(batch.map(\.png)).count == 4)
    }

    @Test func `a worker that knows the class's empty canvas and the schedules gives the same bytes`() throws {
        let fresh = try pipeline(threads: 2)
        let first = try fresh.generate(request()) { _ in }.images[0].png
        var other = request(count: 3, preset: .gtr32)
        other.classID = 5
        _ = try fresh.generate(other) { _ in }
        #expect(try fresh.generate(request()) { _ in }.images[0].png == first)
    }

    @Test func `a job of a shape that ran before takes no scratch memory from the system`() throws {
        let backend = EngineChoice().engine.makeBackend(threads: 2)
        let pipeline = GenerationPipeline(
            models: ["tiny": try MARModel(directory: RepositoryFiles.tiny, backend: backend)], backend: backend)
        _ = try pipeline.generate(request()) { _ in }
        let allocations = backend.scratchAllocations
        _ = try pipeline.generate(request(seed: 8)) { _ in }
        #expect(backend.scratchAllocations == allocations)
    }

    @Test func `more images than one batch holds are the same as each alone`() throws {
        let pipeline = try pipeline(threads: 2)
        let six = try pipeline.generate(request(seed: .max - 1, count: 6)) { _ in }.images
        #expect(six.map(\.seed) == [.max - 1, .max, 0, 1, 2, 3])
        #expect(try pipeline.generate(request(seed: 3)) { _ in }.images[0].png == six[5].png)
    }

    @Test func `the stages count the plan's work, and none of them took no time`() throws {
        let outcome = try pipeline(threads: 2).generate(request(count: 2, preset: .gtr16)) { _ in }
        for stage in outcome.stages {
            switch stage {
            case .structure(let work):
                #expect(work.steps == 2 * 4 && work.tokens == 2 * 32 && work.diffusionSteps == 2 * 140)
                #expect(work.encoder + work.decoder + work.diffusion <= work.total)
                #expect(work.encoder > .zero && work.decoder > .zero && work.diffusion > .zero)
            case .reconstruction(let work, let detailTokens, let fts):
                #expect(work.steps == 2 && work.tokens == 2 * 32 && work.diffusionSteps == 2 * (20 + 50))
                #expect(detailTokens == 2 * 3 && fts > .zero)
            case .vae(let time), .png(let time): #expect(time > .zero)
            }
        }
        #expect(outcome.stages.map(\.name) == ["structure", "reconstruction", "vae", "png"])
    }

    @Test func `progress rises to the end, and an error thrown by the observer stops the work`() throws {
        let pipeline = try pipeline(threads: 2)
        var seen: [GenerationProgress] = []
        _ = try pipeline.generate(request(count: 2)) { seen.append($0) }
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.step <= $1.step })
        #expect(seen.allSatisfy { $0.steps == 10 } && seen.last?.step == 10)
        #expect(Set(seen.map(\.stage)) == [.structure, .reconstruction, .decode])
        var calls = 0
        #expect(throws: CancellationError.self) {
            try pipeline.generate(request()) { _ in
                calls += 1
                if calls == 5 { throw CancellationError() }
            }
        }
        #expect(calls == 5)
    }

    /// The reconstruction has tokens enough for every thread to take some of its own.
    @Test func `an error thrown by the observer stops all threads, and the next job is as ever`() throws {
        let pipeline = try pipeline(threads: 2)
        let expected = try pipeline.generate(request()) { _ in }.images[0].png
        #expect(throws: CancellationError.self) {
            try pipeline.generate(request()) { if $0.stage == .reconstruction { throw CancellationError() } }
        }
        #expect(try pipeline.generate(request()) { _ in }.images[0].png == expected)
    }

    @Test func `the PNG carries the request that makes it again, unless asked not to`() throws {
        let pipeline = try pipeline(threads: 2)
        var request = request()
        request.sampler.twoStage.order = .checkerboard(first: .odd)
        request.count = 2
        let second = try pipeline.generate(request) { _ in }.images[1]
        (request.count, request.seed) = (1, second.seed)
        let text = "underpaint:request\u{0}" + request.imageSettingsJSON.text()
        #expect(String(decoding: second.png, as: UTF8.self).contains(text))
        #expect(text.contains(#""first_color":"odd""#))
        #expect(try pipeline.generate(request) { _ in }.images[0].png == second.png)

        request.metadata = false
        let without = try pipeline.generate(request) { _ in }.images[0].png
        #expect(!String(decoding: without, as: UTF8.self).contains("tEXt"))
    }

    @Test func `an unknown model and impossible settings are errors, not crashes`() throws {
        let pipeline = try pipeline(threads: 1)
        var unknown = request()
        unknown.model = "nobody"
        #expect(throws: PipelineError.unknownModel("nobody")) { try pipeline.generate(unknown) { _ in } }
        var impossible = request()
        impossible.sampler.twoStage.steps = [40, 1, 1]
        #expect(throws: PipelineError.self) { try pipeline.generate(impossible) { _ in } }
    }
}
