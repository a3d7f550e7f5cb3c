import Testing

@testable import Sampler

@Suite("Samplers to compare with: Halton and DiSA")
struct OtherSamplersTests {
    private let grid = TokenGrid(height: 16, width: 16)

    private func plan(_ settings: SamplerSettings, seed: UInt64 = 1) -> SamplingPlan {
        SamplingPlan(settings, grid: grid, seed: seed)
    }

    /// The sequence in base 2 is 1/2, 1/4, 3/4, 1/8...; in base 3 1/3, 2/3, 1/9, 4/9...
    @Test func `the radical inverse mirrors the digits`() {
        #expect((1...5).map { TokenGrid.radicalInverse($0, base: 2) } == [0.5, 0.25, 0.75, 0.125, 0.625])
        let thirds = (1...4).map { TokenGrid.radicalInverse($0, base: 3) }
        for (found, expected) in zip(thirds, [1.0 / 3, 2.0 / 3, 1.0 / 9, 4.0 / 9]) {
            #expect(abs(found - expected) < 1e-15)
        }
    }

    /// Rows 8, 4, 12, 2, 10 of 16; columns floor(16/3), floor(32/3), floor(16/9), floor(64/9), floor(112/9).
    @Test func `a Halton order starts at the first points, and rolls as a whole`() {
        let order = grid.haltonOrder()
        #expect(Array(order.prefix(5)) == [8 * 16 + 5, 4 * 16 + 10, 12 * 16 + 1, 2 * 16 + 7, 10 * 16 + 12])
        #expect(order.sorted() == Array(0..<256))
        let rolled = grid.haltonOrder(rolledBy: (3, 15))
        #expect(rolled == order.map { ($0 / 16 + 3) % 16 * 16 + ($0 % 16 + 15) % 16 })
    }

    @Test func `a quarter of a Halton order has as many tokens in every quadrant`() {
        let quarter = grid.haltonOrder().prefix(64)
        for (top, left) in [(0, 0), (0, 8), (8, 0), (8, 8)] {
            let count = quarter.count { (top..<top + 8).contains($0 / 16) && (left..<left + 8).contains($0 % 16) }
            #expect((14...18).contains(count))
        }
    }

    /// floor(256 (1 - arccos(k/16) 2/pi)), k = 1...16, worked out apart.
    @Test func `halton-16 decides on the arccosine schedule, each image from another corner`() {
        let settings = SamplerPreset.halton16.settings(for: grid)
        let plan = plan(settings)
        var decided = 0
        let totals = plan.steps.map { step in
            decided += step.tokens.count
            return decided
        }
        #expect(totals == [10, 20, 30, 41, 51, 62, 73, 85, 97, 110, 123, 138, 154, 173, 198, 256])
        #expect(plan.steps.allSatisfy { $0.diffusionSteps == 100 && $0.detail == nil && $0.stage == .structure })
        #expect(plan.steps[0].tokens != self.plan(settings, seed: 2).steps[0].tokens)
    }

    @Test func `as many steps as tokens decide one token each`() {
        var settings = SamplerPreset.halton16.settings(for: grid)
        settings.method = .halton(.init(stepCount: 256, diffusionSteps: .init(100)))
        #expect(plan(settings).steps.allSatisfy { $0.tokens.count == 1 })
    }

    /// DiSA: 50 diffusion steps fall to 5 in a straight line over the autoregressive steps.
    @Test func `disa-64 is the random order with fewer and fewer diffusion steps`() {
        let settings = SamplerPreset.disa64.settings(for: grid)
        let plan = plan(settings)
        #expect(plan.steps.count == 64 && settings.timestepClip == 950)
        #expect(plan.steps[0].diffusionSteps == 50 && plan.steps[63].diffusionSteps == 5)
        #expect(plan.steps[21].diffusionSteps == 35 && plan.steps[42].diffusionSteps == 20)
        #expect(zip(plan.steps, plan.steps.dropFirst()).allSatisfy { $0.diffusionSteps >= $1.diffusionSteps })
        let random = self.plan(SamplerPreset.mar64.settings(for: grid))
        #expect(plan.steps.map(\.tokens) == random.steps.map(\.tokens))
    }
}
