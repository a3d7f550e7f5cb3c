/// The two stages of arXiv 2510.17171, section 3.1. Samplers that have no second stage are all structure.
package enum SamplingStage: Sendable, Equatable {
    case structure
    case reconstruction
}

/// What one image's generation does: which tokens at which autoregressive step, with how many diffusion steps.
///
/// A sampler is nothing but the way to make this value; one loop follows all of them.
package struct SamplingPlan: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package let stage: SamplingStage
        /// Tokens decided in this step, in order.
        package let tokens: [Int]
        /// T, diffusion steps of these tokens.
        package let diffusionSteps: Int
        /// Tokens that get steps for detail; nil: all are alike.
        package let detail: Detail?
        /// m_s, tokens that are still masked after this step.
        package let maskedAfter: Int
    }

    package struct Detail: Sendable, Equatable {
        /// How many of the step's tokens.
        package let tokenCount: Int
        /// T_detail.
        package let diffusionSteps: Int
        /// Which ones.
        package let selection: DetailSelection
    }

    package let steps: [Step]
    /// n: every n-th step from the first on computes the unconditional half of the guidance. The steps between take the
    /// difference of the halves from the last one that did.
    package let guidanceReuse: Int

    /// The plan of one image.
    package init(_ settings: SamplerSettings, grid: TokenGrid, seed: UInt64) {
        self.init(settings, order: settings.method.sampler.order(on: grid, seed: seed))
    }

    /// The plan through an order that is given.
    package init(_ settings: SamplerSettings, order: TokenOrder) {
        steps = settings.method.sampler.steps(of: order)
        guidanceReuse = settings.guidanceReuse
    }

    /// Whether a step takes the difference of the halves from an earlier one.
    package func reusesGuidance(at step: Int) -> Bool { !step.isMultiple(of: guidanceReuse) }

    /// Tokens whose difference of the halves a step computes for the steps after it, besides its own: those of the steps up
    /// to the next one that computes it anew.
    package func tokensAhead(of step: Int) -> [Int] {
        guard !reusesGuidance(at: step) else { return [] }
        return steps[(step + 1)...].prefix(guidanceReuse - 1).flatMap(\.tokens)
    }

    /// Every number of diffusion steps that one of its chains has.
    package var diffusionStepCounts: Set<Int> {
        Set(steps.flatMap { [$0.diffusionSteps] + ($0.detail.map { [$0.diffusionSteps] } ?? []) })
    }
}
