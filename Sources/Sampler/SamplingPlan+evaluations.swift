extension SamplingPlan {
    /// Evaluations of the diffusion head for one image: over all tokens, their diffusion steps. The two halves of the
    /// guidance count as one.
    /// - Parameter timestepClip: what it merges counts once.
    package func diffusionEvaluations(timestepClip: Int?) -> Int {
        steps.flatMap(\.chains).reduce(0) { sum, chain in
            sum + chain.tokens * DiffusionSchedule.timesteps(stepCount: chain.stepCount, clip: timestepClip).count
        }
    }
}

extension SamplingPlan.Step {
    /// How many of the step's tokens run through how many diffusion steps.
    package var chains: [(tokens: Int, stepCount: Int)] {
        guard let detail, detail.diffusionSteps != diffusionSteps else { return [(tokens.count, diffusionSteps)] }
        return [(detail.tokenCount, detail.diffusionSteps), (tokens.count - detail.tokenCount, diffusionSteps)]
            .filter { $0.0 > 0 }
    }
}
