import Foundation
import Testing

@testable import Sampler

@Suite("Guidance that is reused")
struct GuidanceReuseTests {
    private let grid = TokenGrid(height: 16, width: 16)

    @Test func `the fast presets are the others with the unconditional half at every second step`() {
        for (fast, full) in [(SamplerPreset.gtr16Fast, SamplerPreset.gtr16), (.gtr32Fast, .gtr32)] {
            let (fast, full) = (fast.settings(for: grid), full.settings(for: grid))
            #expect(fast.guidanceReuse == 2 && full.guidanceReuse == 1)
            #expect(fast.method == full.method && fast.timestepClip == full.timestepClip)
            let (fastPlan, plan) = (
                SamplingPlan(fast, grid: grid, seed: 3), SamplingPlan(full, grid: grid, seed: 3)
            )
            #expect(fastPlan.steps == plan.steps)
            #expect(plan.steps.indices.allSatisfy { !plan.reusesGuidance(at: $0) && plan.tokensAhead(of: $0).isEmpty })
            #expect(fastPlan.steps.indices.map(fastPlan.reusesGuidance) == plan.steps.indices.map { $0 % 2 == 1 })
        }
    }

    @Test(arguments: 1...6)
    func `every token of a step that reuses is ahead of one that computes, just before it`(reuse: Int) {
        var settings = SamplerPreset.gtr16.settings(for: grid)
        #expect(settings.take(.init([.guidanceReuse: .integer(reuse)]), on: grid).isEmpty)
        let plan = SamplingPlan(settings, grid: grid, seed: 1)
        var ahead: [Int] = []
        for (index, step) in plan.steps.enumerated() {
            if plan.reusesGuidance(at: index) {
                #expect(ahead.starts(with: step.tokens))
                ahead.removeFirst(step.tokens.count)
                #expect(plan.tokensAhead(of: index).isEmpty)
            } else {
                #expect(ahead.isEmpty && index % reuse == 0)
                ahead = plan.tokensAhead(of: index)
            }
        }
        #expect(ahead.isEmpty)
    }

    @Test func `settings say so where they or their preset reuse, and nowhere else`() {
        var settings = SamplerPreset.gtr16.settings(for: grid)
        #expect(settings.fields[.guidanceReuse] == nil)
        settings.guidanceReuse = 3
        #expect(settings.fields[.guidanceReuse] == .integer(3))
        var fast = SamplerPreset.gtr16Fast.settings(for: grid)
        #expect(fast.fields[.guidanceReuse] == .integer(2))
        // Without it, the settings sent again would be those of the preset.
        #expect(fast.take(.init([.guidanceReuse: .integer(1)]), on: grid).isEmpty)
        #expect(fast.fields[.guidanceReuse] == .integer(1))
    }

    @Test func `stored settings without a word of it compute both halves at every step`() throws {
        let settings = SamplerPreset.gtr16.settings(for: grid)
        var stored = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(settings)) as? [String: Any])
        #expect(stored.removeValue(forKey: "guidanceReuse") as? Int == 1)
        let data = try JSONSerialization.data(withJSONObject: stored)
        #expect(try JSONDecoder().decode(SamplerSettings.self, from: data) == settings)
    }

    @Test(arguments: [0, -1, 17])
    func `other numbers of steps are refused with their limits`(reuse: Int) {
        var settings = SamplerPreset.mar64.settings(for: grid)
        let faults = settings.take(.init([.guidanceReuse: .integer(reuse)]), on: grid)
        #expect(faults.map(\.description) == ["guidance_reuse must be 1...16, not \(reuse)"])
    }
}
