import Foundation

/// MAR's own sampler (arXiv 2406.11838, section 4.3, and its reference code): one random permutation of the grid, revealed on
/// the cosine schedule. With fewer and fewer diffusion steps it is DiSA's (arXiv 2505.20297).
package struct RandomOrderSampler: OneStageSampler {
    /// N.
    package var stepCount: Int
    package var diffusionSteps: DiffusionStepRange

    package init(stepCount: Int, diffusionSteps: DiffusionStepRange) {
        self.stepCount = stepCount
        self.diffusionSteps = diffusionSteps
    }

    package func order(on grid: TokenGrid, seed: UInt64) -> TokenOrder {
        TokenOrder(subStages: [TokenOrder.random(on: grid, seed: seed)])
    }

    /// After step s of N, floor(L cos(pi/2 (s + 1)/N)) tokens stay masked, at least 1 and fewer than before; tokens are taken
    /// from the end of the order.
    func pieces(of tokens: [Int]) -> [ArraySlice<Int>] {
        var masked = tokens.count
        return (0..<stepCount).map { step in
            let ratio = cos(Double.pi / 2 * Double(step + 1) / Double(stepCount))
            let wanted = Int((Double(tokens.count) * ratio).rounded(.down))
            let next = step == stepCount - 1 ? 0 : max(1, min(masked - 1, wanted))
            defer { masked = next }
            return tokens[next..<masked]
        }
    }
}
