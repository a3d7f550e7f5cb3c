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

    /// Tokens are taken from the end of the order.
    func pieces(of tokens: [Int]) -> [ArraySlice<Int>] {
        let masked = MaskSchedule.cosine.maskedCounts(tokenCount: tokens.count, stepCount: stepCount)
        return zip([tokens.count] + masked, masked).map { before, after in tokens[after..<before] }
    }
}
