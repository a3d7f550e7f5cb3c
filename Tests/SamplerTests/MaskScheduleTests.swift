import ExampleModels
import Foundation
import Testing

@testable import Sampler

struct MaskScheduleTests {
    /// From `plans.masked_counts` of training/sample, which has the formulas in Python.
    @Test(arguments: [
        (MaskSchedule.linear, 64, 12, [59, 54, 48, 43, 38, 32, 27, 22, 16, 11, 6, 0]),
        (.cosine, 64, 12, [63, 61, 59, 55, 50, 45, 38, 32, 24, 16, 8, 0]),
        (.linear, 64, 3, [43, 22, 0]), (.cosine, 64, 3, [55, 32, 0]), (.cosine, 128, 1, [0]), (.linear, 128, 1, [0]),
        (.cosine, 16, 3, [13, 8, 0]), (.cosine, 4, 4, [3, 2, 1, 0]), (.linear, 3, 2, [2, 0]),
    ])
    func `tokens that stay masked`(schedule: MaskSchedule, tokenCount: Int, stepCount: Int, expected: [Int]) {
        #expect(schedule.maskedCounts(tokenCount: tokenCount, stepCount: stepCount) == expected)
    }

    @Test(arguments: MaskSchedule.allCases)
    func `every step has a token, however many steps there are`(schedule: MaskSchedule) {
        for tokenCount in 1...70 {
            for stepCount in 1...tokenCount {
                let masked = schedule.maskedCounts(tokenCount: tokenCount, stepCount: stepCount)
                #expect(masked.count == stepCount && masked.last == 0)
                #expect(zip([tokenCount] + masked, masked).allSatisfy { $0 > $1 })
            }
        }
    }

    @Test(arguments: [SamplerPreset.gtr16, .gtr32, .gtr16Fast])
    func `a schedule moves tokens inside of sub-stages, and nothing else`(preset: SamplerPreset) {
        let grid = TokenGrid(height: 16, width: 16)
        let plans = MaskSchedule.allCases.map {
            SamplingPlan(preset.settings(for: grid, maskSchedule: $0), grid: grid, seed: 3)
        }
        #expect(plans[0].steps.flatMap(\.tokens) == plans[1].steps.flatMap(\.tokens))
        #expect(plans[0].steps.map(\.diffusionSteps) == plans[1].steps.map(\.diffusionSteps))
        #expect(plans[0].steps.map(\.tokens.count) != plans[1].steps.map(\.tokens.count))
        #expect(plans[1].steps.prefix(3).map(\.tokens.count) == (preset == .gtr32 ? [1, 1, 1] : [1, 2, 2]))
    }

    @Test func `samplers without a word of it are linear, and are shown and stored as they always were`() throws {
        let grid = TokenGrid(height: 16, width: 16)
        let unsaid = SamplerPreset.gtr16.settings(for: grid)
        let linear = SamplerPreset.gtr16.settings(for: grid, maskSchedule: .linear)
        #expect(SamplingPlan(unsaid, grid: grid, seed: 3) == SamplingPlan(linear, grid: grid, seed: 3))
        #expect(unsaid.fields[.maskSchedule] == nil && linear.fields[.maskSchedule] == .name("linear"))
        for settings in [unsaid, linear, SamplerPreset.gtr16.settings(for: grid, maskSchedule: .cosine)] {
            let stored = try JSONEncoder().encode(settings.twoStage)
            #expect(String(decoding: stored, as: UTF8.self).contains("maskSchedule") == (settings != unsaid))
            #expect(try JSONDecoder().decode(TwoStageSampler.self, from: stored) == settings.twoStage)
        }
    }
}
