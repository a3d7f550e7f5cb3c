import ExampleModels
import Testing

@testable import Sampler

@Suite("Sampling plans")
struct SamplingPlanTests {
    private let paperGrid = TokenGrid(height: 16, width: 16)

    private func plan(_ preset: SamplerPreset, grid: TokenGrid, seed: UInt64 = 1) -> SamplingPlan {
        let settings = preset.settings(for: grid)
        return SamplingPlan(settings, grid: grid, seed: seed)
    }

    @Test(arguments: SamplerPreset.allCases, [(16, 16), (8, 8), (4, 4), (5, 7), (1, 9), (32, 32)])
    func `every preset decides every token exactly once on any grid`(preset: SamplerPreset, size: (Int, Int)) {
        let grid = TokenGrid(height: size.0, width: size.1)
        let settings = preset.settings(for: grid)
        guard settings.faults(on: grid).isEmpty else {
            // A grid of one row is too thin for three sub-stages: the fault must say so, and only there.
            #expect(settings.faults(on: grid).map(\.field) == [.steps] && grid.maximumSubStageCount() < 3)
            return
        }
        let steps = plan(preset, grid: grid).steps
        #expect(steps.flatMap(\.tokens).sorted() == Array(0..<grid.tokenCount))
        #expect(steps.allSatisfy { !$0.tokens.isEmpty })
        #expect(steps.last?.maskedAfter == 0)
    }

    @Test func `the checkerboard of the paper's grid has 64, 64 and 128 tokens`() {
        let parts = paperGrid.subStages(count: 3)
        #expect(parts.map(\.count) == [64, 64, 128])
        #expect(parts[2].allSatisfy { ($0 / 16 + $0 % 16) % 2 == 1 })
        #expect(parts[1].allSatisfy { ($0 / 16 + $0 % 16) % 4 == 2 })
        #expect(parts[0].allSatisfy { ($0 / 16 + $0 % 16) % 4 == 0 })
    }

    @Test(arguments: 1...5)
    func `sub-stages are a partition`(count: Int) {
        let parts = paperGrid.subStages(count: count)
        #expect(parts.count == count)
        #expect(parts.flatMap { $0 }.sorted() == Array(0..<256))
    }

    @Test func `gtr-32 has the paper's published rates`() {
        let settings = SamplerPreset.gtr32.settings(for: paperGrid)
        #expect(settings.twoStage.steps == [24, 6, 2])
        let steps = plan(.gtr32, grid: paperGrid).steps
        #expect(steps.count == 32)
        #expect(steps.count { $0.stage == .reconstruction } == 2)
        // 64 tokens in 24 steps: 2 or 3 each; in 6: 10 or 11; 128 in 2: 64.
        #expect(Set(steps.prefix(24).map(\.tokens.count)) == [2, 3])
        #expect(Set(steps[24..<30].map(\.tokens.count)) == [10, 11])
        #expect(steps.suffix(2).map(\.tokens.count) == [64, 64])
    }

    @Test func `gtr-16 schedules 525 structure steps and then 20, with 50 for a tenth of the tokens`() {
        let steps = plan(.gtr16, grid: paperGrid).steps
        let structure = steps.filter { $0.stage == .structure }
        #expect(structure.map(\.diffusionSteps) == [50, 48, 46, 44, 41, 39, 37, 35, 33, 31, 29, 26, 24, 22, 20])
        #expect(structure.map(\.diffusionSteps).reduce(0, +) == 525)
        #expect(steps.last?.diffusionSteps == 20)
        #expect(steps.last?.detail == .init(tokenCount: 13, diffusionSteps: 50, selection: .highFrequency))
    }

    @Test func `steps scale with the grid, ties to even, at least one`() {
        let grid = TokenGrid(height: 8, width: 8)
        #expect(SamplerPreset.gtr16.settings(for: grid).twoStage.steps == [3, 1, 1])
        #expect(SamplerPreset.gtr32.settings(for: grid).twoStage.steps == [6, 2, 1])
        #expect(SamplerPreset.mar64.settings(for: grid).stepCount == 16)
        #expect(SamplerPreset.mar256.settings(for: grid).stepCount == 64)
    }

    /// Tokens per step of `mar-64` on 256 tokens, from the reference's formula evaluated in Python:
    /// m = 256; for s in range(64): n = 0 if s == 63 else max(1, min(m - 1, int(256 * cos(pi / 2 * (s + 1) / 64)))).
    @Test func `mar-64 follows the cosine schedule from the end of the order`() {
        let grid = paperGrid
        let settings = SamplerPreset.mar64.settings(for: grid)
        let order = TokenOrder(subStages: [Array(0..<256)])
        let steps = SamplingPlan(settings, order: order).steps
        #expect(
            steps.map(\.maskedAfter) == [
                255, 254, 253, 252, 251, 250, 249, 248, 247, 246, 245, 244, 243, 241, 238, 236, 234, 231, 228, 225, 222,
                219, 216, 212, 209, 205, 201, 197, 193, 189, 185, 181, 176, 171, 167, 162, 157, 152, 147, 142, 136, 131,
                126, 120, 115, 109, 103, 97, 92, 86, 80, 74, 68, 62, 56, 49, 43, 37, 31, 25, 18, 12, 6, 0,
            ])
        #expect(steps[0].tokens == [255])
        #expect(steps[63].tokens == Array(0..<6))
    }

    @Test func `guidance rises with the share of known tokens, and its last step uses (L - 1) / L`() {
        let linear = GuidanceSchedule.linear
        #expect(linear.scale(guidance: 3, maskedAfterStep: 192, tokenCount: 256) == 1.5)
        #expect(linear.scale(guidance: 3, maskedAfterStep: 0, tokenCount: 256) == 1 + 2 * 255.0 / 256)
        #expect(GuidanceSchedule.constant.scale(guidance: 3, maskedAfterStep: 192, tokenCount: 256) == 3)
    }

    @Test func `random orders are uniform: each token comes first equally often`() {
        let grid = TokenGrid(height: 4, width: 4)
        let settings = SamplerPreset.mar64.settings(for: grid)
        var (first, last) = ([Int](repeating: 0, count: 16), [Int](repeating: 0, count: 16))
        for seed in 0..<3200 {
            let order = settings.method.sampler.order(on: grid, seed: UInt64(seed)).subStages[0]
            #expect(Set(order).count == 16)
            first[order[0]] += 1
            last[order[15]] += 1
        }
        // Chi-square with 15 degrees of freedom stays under 37.7 with probability 0.999; the seeds are fixed.
        for counts in [first, last] {
            #expect(counts.reduce(0.0) { $0 + (Double($1) - 200) * (Double($1) - 200) / 200 } < 37.7)
        }
    }

    @Test func `settings that fit no plan are named`() {
        var settings = SamplerPreset.gtr16.settings(for: paperGrid)
        settings.twoStage.steps = [65, 3, 1]
        #expect(
            settings.faults(on: paperGrid).map(\.description) == [
                "steps/0 must be 1...64, the tokens of sub-stage 1, not 65"
            ])
        settings.twoStage.steps = [12, 3, 1]
        settings.twoStage.diffusionSteps.min = 1
        #expect(
            settings.faults(on: paperGrid).map(\.description) == ["diffusion_steps/min must be 2...1000, not 1"])
        settings.twoStage.diffusionSteps.min = 20
        settings.timestepClip = 1000
        #expect(settings.faults(on: paperGrid).map(\.description) == ["timestep_clip must be 0...999, not 1000"])
    }

    /// 64 tokens with 100 steps each, of which the clip merges 4; the two-stage numbers are those of docs/evaluation.md.
    @Test(arguments: [(SamplerPreset.mar64, nil, 6400), (.mar64, 950, 6144), (.gtr16, 950, 1653), (.gtr32, 950, 1668)])
    func `evaluations count every token and what the clip merges once`(
        preset: SamplerPreset, clip: Int?, expected: Int
    ) {
        let plan = plan(preset, grid: TokenGrid(height: 8, width: 8))
        #expect(plan.diffusionEvaluations(timestepClip: clip) == expected)
    }
}
