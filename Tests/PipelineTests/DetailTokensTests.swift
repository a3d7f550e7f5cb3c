import Compute
import ExampleModels
import MARModel
import RepositoryFiles
import Sampler
import Testing

@testable import Pipeline

@Suite("Tokens with detail steps")
struct DetailTokensTests {
    private static let grid = TokenGrid(height: 8, width: 8)

    private let backend: any Backend
    private let model: MARModel

    init() throws {
        backend = EngineChoice().engine.makeBackend(threads: 2)
        model = try MARModel(directory: RepositoryFiles.tiny, backend: backend)
    }

    private func settings(_ change: (inout TwoStageSampler) -> Void) -> SamplerSettings {
        var settings = SamplerPreset.gtr16.settings(for: Self.grid)
        settings.twoStage.diffusionSteps = .init(max: 6, min: 4)
        settings.twoStage.reconstruction = 4
        settings.twoStage.detail?.diffusionSteps = 8
        change(&settings.twoStage)
        return settings
    }

    /// One image of each seed.
    private func run(_ settings: SamplerSettings, classID: Int = 3, seeds: [UInt64] = [7]) throws
        -> [Painting]
    {
        let numbers = SamplingNumbers(
            guidance: 3, guidanceSchedule: .linear, temperature: 1, timestepClip: settings.timestepClip)
        var paintings = seeds.map { seed in
            Painting(
                classID: classID,
                plan: SamplingPlan(settings, grid: Self.grid, seed: seed),
                numbers: numbers, noise: PhiloxNoise(seed: seed, channels: 16), for: model.configuration)
        }
        let painter = Painter(model: model, backend: backend)
        var clock = StageClock()
        while !paintings.areFinished { try painter.advance(&paintings, clock: &clock) }
        return paintings
    }

    private func tokens(_ selection: DetailSelection, classID: Int = 3, seed: UInt64 = 7) throws -> [Int] {
        let settings = settings { $0.detail = .init(fraction: 0.5, diffusionSteps: 8, selection: selection) }
        return try run(settings, classID: classID, seeds: [seed])[0].detailTokens
    }

    @Test func `high and low frequencies are the two halves of the same scores`() throws {
        let (high, low) = (try tokens(.highFrequency), try tokens(.lowFrequency))
        #expect(high.count == 16 && low.count == 16)
        #expect((high + low).sorted() == Self.grid.subStages(count: 2)[1])
    }

    @Test func `a random selection follows the image's seed and nothing of the image`() throws {
        let drawn = try tokens(.random)
        let noise = PhiloxNoise(seed: 7, channels: 16)
        let expected = Self.grid.subStages(count: 2)[1].sorted {
            noise.selectionScore(token: $0) > noise.selectionScore(token: $1)
        }
        #expect(drawn == Array(expected.prefix(16)))
        #expect(try tokens(.random, classID: 5) == drawn)
        #expect(try tokens(.random, seed: 8) != drawn)
        #expect(Set(try tokens(.highFrequency)) != Set(drawn))
    }

    @Test func `where all tokens get the steps for detail, which ones makes no difference`() throws {
        let latents = try DetailSelection.allCases.map { selection in
            try run(settings { $0.detail = .init(fraction: 1, diffusionSteps: 8, selection: selection) })[0].latents
        }
        #expect(Set(latents).count == 1)
    }

    @Test(arguments: DetailSelection.allCases, SubStageOrder.allCases)
    func `an image is the same alone and beside others, whatever the selection and the order`(
        selection: DetailSelection, order: SubStageOrder
    ) throws {
        let settings = settings {
            $0.detail?.selection = selection
            $0.order = order.order()
        }
        let together = try run(settings, seeds: [7, 8, 9])
        #expect(together.map(\.detailTokens.count) == [3, 3, 3])
        let alone = try run(settings, seeds: [8])[0]
        #expect(alone.latents == together[1].latents && alone.detailTokens == together[1].detailTokens)
    }

    @Test func `order, colour and selection each change the image`() throws {
        let changes: [(inout TwoStageSampler) -> Void] = [
            { _ in }, { $0.order = .cut(.random) }, { $0.order = .cut(.raster) }, { $0.order = .cut(.subsample) },
            { $0.order = .cut(.halton) }, { $0.order = .checkerboard(first: .odd) },
            { $0.detail?.selection = .lowFrequency }, { $0.detail?.selection = .random }, { $0.detail = nil },
        ]
        let latents = try changes.map { try run(settings($0))[0].latents }
        #expect(Set(latents).count == latents.count)
        #expect(latents.allSatisfy { $0.allSatisfy(\.isFinite) })
    }
}
