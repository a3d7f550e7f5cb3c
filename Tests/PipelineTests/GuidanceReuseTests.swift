import Compute
import MARModel
import RepositoryFiles
import Sampler
import Testing

@testable import Pipeline

@Suite("A step that reuses the guidance")
struct GuidanceReuseTests {
    private let grid = TokenGrid(height: 8, width: 8)
    private let backend = EngineChoice().engine.makeBackend(threads: 2)

    private func paintings(_ count: Int, reuse: Int, guidance: Double, _ model: MARModel) -> [Painting] {
        var settings = SamplerPreset.gtr16.settings(for: grid)
        settings.guidanceReuse = reuse
        return (0..<count).map { image in
            Painting(
                classID: 3 + image, plan: SamplingPlan(settings, grid: grid, seed: UInt64(image)),
                numbers: SamplingNumbers(
                    guidance: guidance, guidanceSchedule: .linear, temperature: 1, timestepClip: 950),
                noise: PhiloxNoise(seed: UInt64(image), channels: 16), for: model.configuration)
        }
    }

    @Test func `keeps the differences of the tokens that reuse them, and lets each go with its token`() throws {
        let model = try MARModel(directory: RepositoryFiles.tiny, backend: backend)
        let painter = Painter(model: model, backend: backend)
        var paintings = paintings(2, reuse: 2, guidance: 3, model)
        var clock = StageClock()
        var kept: [Int] = []
        while !paintings.areFinished {
            try painter.advance(&paintings, clock: &clock)
            kept.append(paintings[1].guidanceAhead.count)
            let difference = paintings[1].guidanceAhead.values.first
            #expect(difference.map { $0.count == 64 && $0.contains { $0 != 0 } } ?? true)
        }
        // Steps of 5, 5, 6, 16 and 32 tokens.
        #expect(paintings[0].plan.steps.map(\.tokens.count) == [5, 5, 6, 16, 32] && kept == [5, 0, 16, 0, 0])
    }

    @Test func `is another image with guidance, and the same without`() throws {
        let model = try MARModel(directory: RepositoryFiles.tiny, backend: backend)
        func latents(reuse: Int, guidance: Double) throws -> [Float] {
            let painter = Painter(model: model, backend: backend)
            var paintings = paintings(1, reuse: reuse, guidance: guidance, model)
            var clock = StageClock()
            while !paintings.areFinished { try painter.advance(&paintings, clock: &clock) }
            return paintings[0].latents
        }
        #expect(try latents(reuse: 1, guidance: 3) != latents(reuse: 2, guidance: 3))
        #expect(try latents(reuse: 1, guidance: 1) == latents(reuse: 2, guidance: 1))
    }
}
