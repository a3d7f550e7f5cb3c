import Checkpoint
import Compute
import Foundation
import Generation
import MARModel
import RepositoryFiles
import Sampler
import Testing

@testable import Pipeline

@Suite("An image depends neither on its company nor on the threads", .serialized)
struct InvarianceTests {
    private static let engines = Engine.available.filter { $0.offer != .reference }

    private func pipeline(_ directory: String, _ engine: Engine, threads: Int) throws -> GenerationPipeline {
        let backend = engine.makeBackend(threads: threads)
        let model = try MARModel(directory: RepositoryFiles.root.appending(path: directory).path, backend: backend)
        return GenerationPipeline(models: [model.configuration.name: model], backend: backend)
    }

    /// The numbers that a request may vary, drawn from a seed.
    private func request(_ draw: UInt64, model: String, grid: TokenGrid) -> GenerationRequest {
        let words = Philox(key: draw).words(at: .init(9, 9, 9, 9))
        let presets: [SamplerPreset] = [.gtr16, .gtr32, .halton16, .disa64]
        var sampler = presets[Int(words.x % 4)].settings(for: grid)
        let numbers: SamplerFields = .init([
            .mostDiffusionSteps: .integer(8), .fewestDiffusionSteps: .integer(4),
            .guidanceReuse: .integer(1 + Int(words.y / 3 % 3)),
        ])
        _ = sampler.take(numbers, on: grid)
        if case .twoStage(var stages) = sampler.method {
            stages.reconstruction = 4
            stages.order = SubStageOrder.allCases[Int(words.y % UInt32(SubStageOrder.allCases.count))].order()
            stages.detail =
                words.z % 5 == 0
                ? nil
                : .init(
                    fraction: [0.1, 0.5, 1][Int(words.w % 3)], diffusionSteps: words.y % 3 == 0 ? 4 : 9,
                    selection: DetailSelection.allCases[Int(words.z % 3)])
            sampler.method = .twoStage(stages)
        }
        return GenerationRequest(
            model: model, classID: Int(words.w % 10), className: "some class", count: 2 + Int(words.z % 5), seed: draw,
            guidance: [1, 2.5, 4][Int(words.y % 3)], guidanceSchedule: words.w % 2 == 0 ? .linear : .constant,
            temperature: [1, 0.9][Int(words.x % 2)], sampler: sampler, metadata: true, priority: 0, deadline: nil)
    }

    /// Orders, selections, guidance, numbers of images and threads, as they fall.
    @Test(arguments: engines, 0..<12)
    func `each PNG of any request is the one that is made alone`(engine: Engine, draw: UInt64) throws {
        let request = request(draw, model: "tiny", grid: TokenGrid(height: 8, width: 8))
        let together = try pipeline("Tests/Fixtures/tiny", engine, threads: 1 + Int(draw % 3))
            .generate(request) { _ in }.images
        #expect(together.count == request.count && Set(together.map(\.png)).count == request.count)
        let painter = try pipeline("Tests/Fixtures/tiny", engine, threads: 1 + Int(draw / 3 % 2))
        for image in together {
            var alone = request
            (alone.count, alone.seed) = (1, image.seed)
            #expect(try painter.generate(alone) { _ in }.images.map(\.png) == [image.png], "seed \(image.seed)")
        }
    }

    @Test(arguments: engines)
    func `the shipped model paints the same bytes in any batch, with one thread, two or three`(engine: Engine) throws {
        let grid = TokenGrid(height: 8, width: 8)
        for (guidance, preset) in [(1.0, SamplerPreset.gtr16), (2.5, .gtr16), (2.5, .gtr16Fast)] {
            var request = GenerationRequest(
                model: "fashion", classID: 8, className: "bag", count: 5, seed: 40, guidance: guidance,
                guidanceSchedule: .linear, temperature: 1, sampler: preset.settings(for: grid),
                metadata: false, priority: 0, deadline: nil)
            let together = try pipeline("models/fashion", engine, threads: 2).generate(request) { _ in }.images
            for (threads, count, first) in [(1, 1, 2), (2, 1, 4), (3, 2, 1), (3, 5, 0)] {
                (request.count, request.seed) = (count, 40 + UInt64(first))
                let images = try pipeline("models/fashion", engine, threads: threads).generate(request) { _ in }.images
                #expect(images.map(\.png) == together[first..<first + count].map(\.png), "\(threads) threads")
            }
        }
    }

    /// Its noise and orders were recorded, not drawn.
    @Test(arguments: Engine.available)
    func `a recorded run ends in the same latents alone and together`(engine: Engine) throws {
        let directory = RepositoryFiles.tiny
        let trace = try SafetensorsFile(path: directory + "/trace.safetensors")
        let grid = TokenGrid(height: 8, width: 8)
        var sampler = SamplerPreset.gtr16.settings(for: grid)
        sampler.method = .twoStage(
            .init(
                steps: [6, 3, 2], diffusionSteps: .init(max: 12, min: 6), reconstruction: 6,
                detail: .init(fraction: 0.1, diffusionSteps: 12, selection: .highFrequency)))
        let (labels, initial) = (try trace.integers("gtr.labels"), try trace.floats("gtr.initial_noise"))
        let steps = try trace.floats("gtr.step_noise")
        let orders = try (0..<3).map { try trace.integers("gtr.order\($0)") }
        func paint(_ images: [Int], threads: Int) throws -> [[Float]] {
            let backend = engine.makeBackend(threads: threads)
            let model = try MARModel(directory: directory, backend: backend)
            var paintings = images.map { image in
                func part<Element>(_ values: [Element]) -> [Element] {
                    Array(values[image * values.count / 2..<(image + 1) * values.count / 2])
                }
                return Painting(
                    classID: labels[image],
                    plan: SamplingPlan(sampler, order: TokenOrder(subStages: orders.map(part))),
                    numbers: SamplingNumbers(
                        guidance: 3, guidanceSchedule: .linear, temperature: 1, timestepClip: 950),
                    noise: RecordedNoise(initial: part(initial), steps: part(steps), stepCount: 50, channels: 16),
                    for: model.configuration)
            }
            let painter = Painter(model: model, backend: backend)
            var clock = StageClock()
            while !paintings.areFinished { try painter.advance(&paintings, clock: &clock) }
            return paintings.map(\.latents)
        }
        let together = try paint([0, 1], threads: 1)
        #expect(together[0] != together[1] && together.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(try paint([1, 0], threads: 2) == [together[1], together[0]])
        for threads in 1...3 { #expect(try paint([1], threads: threads) == [together[1]]) }
    }
}
