import ExampleModels
import Testing

@testable import Sampler

@Suite("Orders under the two-stage plan")
struct SubStageOrderTests {
    /// All of a step but which tokens it takes.
    private struct Cost: Equatable {
        let stage: SamplingStage
        let tokenCount: Int
        let diffusionSteps: Int
        let detail: SamplingPlan.Detail?
        let maskedAfter: Int
    }

    private func settings(
        _ order: SubStageOrder, on grid: TokenGrid, firstColor: CheckerboardColor = .even, steps: [Int]? = nil
    ) -> SamplerSettings {
        var settings = SamplerPreset.gtr16.settings(for: grid)
        settings.twoStage.order = order.order(first: firstColor)
        if let steps { settings.twoStage.steps = steps }
        return settings
    }

    private func plan(_ settings: SamplerSettings, _ grid: TokenGrid, seed: UInt64 = 1) -> SamplingPlan {
        SamplingPlan(settings, grid: grid, seed: seed)
    }

    private func costs(_ plan: SamplingPlan) -> [Cost] {
        plan.steps.map {
            Cost(
                stage: $0.stage, tokenCount: $0.tokens.count, diffusionSteps: $0.diffusionSteps, detail: $0.detail,
                maskedAfter: $0.maskedAfter)
        }
    }

    @Test(
        arguments: SubStageOrder.allCases,
        [
            (side: 8, steps: [6, 2], sizes: [32, 32]), (8, [3, 1, 1], [16, 16, 32]),
            (8, [2, 2, 2, 2], [8, 8, 16, 32]),
            (16, [15, 1], [128, 128]), (16, [12, 3, 1], [64, 64, 128]), (16, [8, 4, 2, 2], [32, 32, 64, 128]),
        ])
    func `every order has the plan of the checkerboard, with 2, 3 and 4 sub-stages`(
        order: SubStageOrder, plan: (side: Int, steps: [Int], sizes: [Int])
    ) {
        let grid = TokenGrid(height: plan.side, width: plan.side)
        let settings = settings(order, on: grid, steps: plan.steps)
        #expect(settings.faults(on: grid).isEmpty)
        #expect(settings.method.sampler.order(on: grid, seed: 3).subStages.map(\.count) == plan.sizes)
        let found = self.plan(settings, grid)
        #expect(found.steps.flatMap(\.tokens).sorted() == Array(0..<grid.tokenCount))
        #expect(costs(found) == costs(self.plan(self.settings(.checkerboard, on: grid, steps: plan.steps), grid)))
        // The steps of each sub-stage, and its tokens; the last one is the reconstruction.
        #expect(found.steps.count == plan.steps.reduce(0, +))
        var start = 0
        for (count, size) in zip(plan.steps, plan.sizes) {
            let part = found.steps[start..<start + count]
            #expect(part.map(\.tokens.count).reduce(0, +) == size)
            start += count
            let isLast = start == found.steps.count
            #expect(part.allSatisfy { $0.stage == (isLast ? .reconstruction : .structure) })
            #expect(part.allSatisfy { ($0.detail != nil) == isLast })
        }
    }

    @Test(arguments: SubStageOrder.allCases, [(5, 7), (1, 9), (3, 3)])
    func `every order takes every token once on odd grids`(order: SubStageOrder, size: (Int, Int)) {
        let grid = TokenGrid(height: size.0, width: size.1)
        let settings = settings(order, on: grid, steps: [1, 1])
        let plan = plan(settings, grid)
        #expect(plan.steps.flatMap(\.tokens).sorted() == Array(0..<grid.tokenCount))
        #expect(costs(plan) == costs(self.plan(self.settings(.checkerboard, on: grid, steps: [1, 1]), grid)))
    }

    @Test func `raster goes row by row, subsample sublattice by sublattice`() {
        let grid = TokenGrid(height: 4, width: 4)
        let raster = settings(.raster, on: grid, steps: [1, 1, 1]).method.sampler.order(on: grid, seed: 1)
        #expect(raster.subStages == [Array(0..<4), Array(4..<8), Array(8..<16)])
        let subsample = settings(.subsample, on: grid, steps: [1, 1, 1]).method.sampler.order(on: grid, seed: 1)
        #expect(subsample.subStages == [[0, 2, 8, 10], [1, 3, 9, 11], [4, 6, 12, 14, 5, 7, 13, 15]])
        #expect(TokenGrid(height: 3, width: 3).subsampleOrder() == [0, 2, 6, 8, 1, 7, 3, 5, 4])
    }

    @Test func `random and halton are the orders of mar-N and halton-N, and differ from image to image`() {
        let grid = TokenGrid(height: 8, width: 8)
        for (order, preset) in [(SubStageOrder.random, SamplerPreset.mar64), (.halton, .halton16)] {
            let settings = settings(order, on: grid)
            let whole = preset.settings(for: grid).method.sampler.order(on: grid, seed: 5).subStages[0]
            let found = settings.method.sampler.order(on: grid, seed: 5)
            #expect(found.subStages.map(\.count) == [16, 16, 32])
            #expect(found.subStages.flatMap(\.self) == whole)
            #expect(found != settings.method.sampler.order(on: grid, seed: 6))
        }
    }

    @Test func `the checkerboard stays in its sub-stages, at random inside each`() {
        let grid = TokenGrid(height: 8, width: 8)
        for color in CheckerboardColor.allCases {
            let order = settings(.checkerboard, on: grid, firstColor: color).method.sampler.order(on: grid, seed: 5)
            let parts = grid.subStages(count: 3, firstColor: color)
            #expect(order.subStages.map { $0.sorted() } == parts)
            #expect(order.subStages != parts)
        }
    }
}
