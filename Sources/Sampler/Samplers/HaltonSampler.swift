import Foundation

/// The Halton sampler (arXiv 2503.17076): each next token lies far from those before it, revealed on the arccosine schedule.
package struct HaltonSampler: OneStageSampler {
    /// N.
    package var stepCount: Int
    package var diffusionSteps: DiffusionStepRange

    package init(stepCount: Int, diffusionSteps: DiffusionStepRange) {
        self.stepCount = stepCount
        self.diffusionSteps = diffusionSteps
    }

    package func order(on grid: TokenGrid, seed: UInt64) -> TokenOrder {
        TokenOrder(subStages: [TokenOrder.halton(on: grid, seed: seed)])
    }

    /// After step k of N (from 1), L (1 - arccos(k/N) 2/pi) tokens are decided, rounded down, at least k, and enough left for
    /// one in each step to come.
    func pieces(of tokens: [Int]) -> [ArraySlice<Int>] {
        var decided = 0
        return (1...stepCount).map { step in
            let share = 1 - acos(Double(step) / Double(stepCount)) * 2 / Double.pi
            let wanted = Int((Double(tokens.count) * share).rounded(.down))
            let most = tokens.count - (stepCount - step)
            let next = step == stepCount ? most : min(max(wanted, step, decided + 1), most)
            defer { decided = next }
            return tokens[decided..<next]
        }
    }
}
