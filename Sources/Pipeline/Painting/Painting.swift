package import MARModel
package import Sampler

/// One image in the making: what is asked for, and how far it is.
///
/// Whatever a step keeps for a later one is the painting's own, so an image never depends on what is painted beside it.
package struct Painting: Sendable {
    package let classID: Int
    package let plan: SamplingPlan
    package let numbers: SamplingNumbers
    let noise: any NoiseSource
    /// Autoregressive steps of the plan that are done.
    package private(set) var finishedSteps = 0
    /// Tokens that have their latent, ascending.
    package private(set) var known: [Int] = []
    /// [L, C]; zeros where nothing is painted yet.
    package private(set) var latents: [Float]
    /// Tokens that got the diffusion steps for detail, in the order of picking.
    package private(set) var detailTokens: [Int] = []
    /// Conditional less unconditional z of tokens that are decided in a step that reuses it, [D] each.
    var guidanceAhead: [Int: [Float]] = [:]

    /// An empty canvas of the model's size.
    package init(
        classID: Int, plan: SamplingPlan, numbers: SamplingNumbers, noise: any NoiseSource,
        for configuration: ModelConfiguration
    ) {
        self.classID = classID
        self.plan = plan
        self.numbers = numbers
        self.noise = noise
        latents = [Float](repeating: 0, count: configuration.tokenCount * configuration.latentChannels)
    }

    package var isFinished: Bool { finishedSteps == plan.steps.count }

    /// The step that comes next; not of a finished painting.
    var nextStep: SamplingPlan.Step { plan.steps[finishedSteps] }

    /// Whether the next step takes the difference of the halves from an earlier one.
    var reusesGuidance: Bool { numbers.halves == 2 && plan.reusesGuidance(at: finishedSteps) }

    /// Tokens of later steps whose difference the next step computes.
    var tokensAhead: [Int] { numbers.halves == 2 ? plan.tokensAhead(of: finishedSteps) : [] }

    /// Whether one step can take both further: the same shapes and numbers, of any tokens and classes.
    func isAlike(_ other: Painting) -> Bool {
        numbers == other.numbers && known.count == other.known.count && latents.count == other.latents.count
            && nextStep.tokens.count == other.nextStep.tokens.count && nextStep.stage == other.nextStep.stage
            && nextStep.diffusionSteps == other.nextStep.diffusionSteps && nextStep.detail == other.nextStep.detail
            && plan.guidanceReuse == other.plan.guidanceReuse && finishedSteps == other.finishedSteps
    }

    /// The chains of the next step's tokens.
    /// - Parameter detailed: positions of the tokens that get the steps for detail, in the order of picking.
    func chains(detailed: [Int]) -> [DiffusionChain] {
        let step = nextStep
        func chain(_ position: Int, _ stepCount: Int) -> DiffusionChain {
            DiffusionChain(token: step.tokens[position], conditionRow: position, stepCount: stepCount, noise: noise)
        }
        return detailed.map { chain($0, step.detail?.diffusionSteps ?? step.diffusionSteps) }
            + step.tokens.indices.filter { !detailed.contains($0) }.map { chain($0, step.diffusionSteps) }
    }

    /// Ends the next step: its tokens have their latents.
    /// - Parameters:
    ///   - chains: all of the step's, at their end.
    ///   - detailed: as they were made with.
    mutating func take(_ chains: [DiffusionChain], detailed: [Int]) {
        for chain in chains {
            let start = chain.token * chain.x.count
            latents.replaceSubrange(start..<start + chain.x.count, with: chain.x)
        }
        detailTokens += detailed.map { nextStep.tokens[$0] }
        for token in nextStep.tokens { guidanceAhead[token] = nil }
        known = (known + nextStep.tokens).sorted()
        finishedSteps += 1
    }

    /// Latents of the known tokens, in their order, [N, C].
    var knownLatents: [Float] {
        let channels = latents.count / plan.tokenCount
        return known.flatMap { latents[$0 * channels..<($0 + 1) * channels] }
    }
}

extension [Painting] {
    package var areFinished: Bool { allSatisfy(\.isFinished) }
}

extension SamplingPlan {
    /// L: every token is decided once.
    fileprivate var tokenCount: Int { steps.reduce(0) { $0 + $1.tokens.count } }
}
