extension SamplerSettings {
    /// Why a plan cannot be made of these settings on this grid; nil if it can.
    package func fault(on grid: TokenGrid) -> String? {
        switch ordering {
        case .random, .halton:
            if steps.count != 1 { return "\(ordering.rawValue) order takes one number of steps, got \(steps.count)" }
            if !(1...grid.tokenCount).contains(steps[0]) {
                return "\(steps[0]) steps for \(grid.tokenCount) tokens: 1...\(grid.tokenCount)"
            }
        case .twoStage:
            let most = grid.maximumSubStageCount(firstColor: firstColor)
            if !(1...most).contains(steps.count) { return "\(steps.count) sub-stages on this grid: 1...\(most)" }
            let sizes = grid.subStageSizes(subStageCount: steps.count, firstColor: firstColor)
            for (index, (count, tokens)) in zip(steps, sizes).enumerated() where !(1...tokens).contains(count) {
                return "\(count) steps for the \(tokens) tokens of sub-stage \(index + 1): 1...\(tokens)"
            }
        }
        let counts = diffusionSteps
        let range = 2...DiffusionSchedule.trainingSteps
        for count in [counts.max, counts.min, counts.reconstruction, counts.detail] where !range.contains(count) {
            return "\(count) diffusion steps: \(range.lowerBound)...\(range.upperBound)"
        }
        if !(0...1).contains(detailFraction) { return "a detail fraction of \(detailFraction): 0...1" }
        if let timestepClip, !(0..<DiffusionSchedule.trainingSteps).contains(timestepClip) {
            return "a timestep clip of \(timestepClip): 0...\(DiffusionSchedule.trainingSteps - 1)"
        }
        return nil
    }
}
