import Compute
import Foundation
import MARModel
import Pipeline
import Sampler
import Testing

@Suite("The generation loop agrees with the reference's recorded runs")
struct ReferenceTraceTests {
    private static let tokens = 64
    private static let channels = 16
    /// Of whole loops, in which a step of the diffusion multiplies the error of the one before.
    private static let bf16Tolerance = 0.05
    private let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/tiny").path
    private let grid = TokenGrid(height: 8, width: 8)
    private let trace: SafetensorsFile

    init() throws { trace = try SafetensorsFile(path: directory + "/trace.safetensors") }

    @Test(arguments: Engine.available)
    func `official loop with guidance agrees to 1e-4`(engine: Engine) throws {
        try expectAgreement(
            "official", settings: official(guidance: 3, temperature: 1), sampler: marSettings, engine: engine,
            orders: try orders(["official.orders"]), noiseSteps: 20)
    }

    @Test(arguments: Engine.available)
    func `official loop without guidance agrees to 1e-4`(engine: Engine) throws {
        try expectAgreement(
            "official_nocfg", settings: official(guidance: 1, temperature: 0.95), sampler: marSettings, engine: engine,
            orders: try orders(["official_nocfg.orders"]), noiseSteps: 20)
    }

    @Test(arguments: Engine.available)
    func `two-stage sampler agrees to 1e-4 and picks the same detail tokens`(engine: Engine) throws {
        let sampler = SamplerSettings(
            preset: .gtr16, ordering: .twoStage, steps: [6, 3, 2],
            diffusionSteps: .init(max: 50, min: 20, reconstruction: 20, detail: 50), detailFraction: 0.1,
            frequencyWeightedSelection: true, timestepClip: 950)
        let result = try expectAgreement(
            "gtr", settings: official(guidance: 3, temperature: 1), sampler: sampler, engine: engine,
            orders: try orders(["gtr.order0", "gtr.order1", "gtr.order2"]), noiseSteps: 50)
        let recorded = try trace.integers("gtr.detail_tokens")
        let expected = stride(from: 0, to: recorded.count, by: 2).map { [recorded[$0], recorded[$0 + 1]] }
        for image in 0..<2 {
            #expect(
                result.detailTokens.filter { $0.image == image }.map { [$0.image, $0.token] }
                    == expected.filter { $0[0] == image })
        }
        #expect(result.detailTokens.count == expected.count)
    }

    /// `mar-N` at 8 steps of 20 diffusion steps with the trace's clip.
    private var marSettings: SamplerSettings {
        SamplerSettings(
            preset: .mar64, ordering: .random, steps: [8],
            diffusionSteps: .init(max: 20, min: 20, reconstruction: 20, detail: 20), detailFraction: 0,
            frequencyWeightedSelection: false, timestepClip: 950)
    }

    private func official(guidance: Double, temperature: Double) -> GenerationLoop.Settings {
        .init(guidance: guidance, guidanceSchedule: .linear, temperature: temperature, timestepClip: 950)
    }

    /// Per image, the order inside each sub-stage.
    private func orders(_ names: [String]) throws -> [TokenOrder] {
        let lists = try names.map { try trace.integers($0) }
        return (0..<2).map { image in
            TokenOrder(subStages: lists.map { Array($0[image * $0.count / 2..<(image + 1) * $0.count / 2]) })
        }
    }

    @discardableResult
    private func expectAgreement(
        _ group: String, settings: GenerationLoop.Settings, sampler: SamplerSettings, engine: Engine,
        orders: [TokenOrder], noiseSteps: Int
    ) throws -> GenerationLoop.Result {
        let backend = engine.makeBackend(threads: 2)
        let model = try MARModel(directory: directory, backend: backend)
        let labels = try trace.integers(group + ".labels")
        let (initial, steps) = (try trace.floats(group + ".initial_noise"), try trace.floats(group + ".step_noise"))
        let (latentCount, stepCount) = (Self.tokens * Self.channels, Self.tokens * noiseSteps * Self.channels)
        let images = (0..<2).map { image in
            GenerationLoop.Image(
                classID: labels[image], plan: SamplingPlan(sampler, grid: grid, order: orders[image]),
                noise: RecordedNoise(
                    initial: Array(initial[image * latentCount..<(image + 1) * latentCount]),
                    steps: Array(steps[image * stepCount..<(image + 1) * stepCount]), stepCount: noiseSteps,
                    channels: Self.channels))
        }
        var clock = StageClock()
        let result = GenerationLoop(model: model, backend: backend).run(images, settings, clock: &clock) { _, _ in }

        let recorded = try trace.floats(group + ".latents")  // [2, C, h, w]
        var (difference, norm) = (0.0, 0.0)
        for image in 0..<2 {
            for token in 0..<Self.tokens {
                for channel in 0..<Self.channels {
                    let expected = Double(recorded[(image * Self.channels + channel) * Self.tokens + token])
                    let ours = Double(result.latents[image][token * Self.channels + channel])
                    difference += pow(ours - expected, 2)
                    norm += expected * expected
                }
            }
        }
        let error = (difference / norm).squareRoot()
        #expect(error < (engine.precision == .bf16 ? Self.bf16Tolerance : 1e-4), "relative error of \(group): \(error)")
        return result
    }
}
