/// Generation then Reconstruction (GtR, arXiv 2510.17171, section 3): the structure slowly on one colour of a checkerboard,
/// then the other colour in one or two steps, with more diffusion steps where a token's spectrum shows detail.
package struct TwoStageSampler: TokenSampler {
    /// Which tokens the sub-stages take.
    package var order: Order
    /// Autoregressive steps of each sub-stage, S_1...S_K. The last one is the reconstruction; a single one is all structure.
    package var steps: [Int]
    /// How many tokens the steps of a sub-stage take; nil: linear, and not a word of it in the settings, so that those of
    /// images from before there was a choice stay what they were.
    package var maskSchedule: MaskSchedule?
    /// T_max to T_min, over the generation steps.
    package var diffusionSteps: DiffusionStepRange
    /// T_rec.
    package var reconstruction: Int
    /// nil: all tokens of the reconstruction are alike.
    package var detail: Detail?

    /// Only the checkerboard has a colour that comes first.
    package enum Order: Sendable, Equatable, Codable {
        case checkerboard(first: CheckerboardColor)
        /// Another order of the whole grid, cut into pieces of the sizes of the checkerboard's sub-stages.
        case cut(CutOrder)
    }

    /// Which tokens get more diffusion steps (section 3.3).
    package struct Detail: Sendable, Equatable, Codable {
        /// beta: the share of each reconstruction step's tokens.
        package var fraction: Double
        /// T_detail.
        package var diffusionSteps: Int
        package var selection: DetailSelection

        package init(fraction: Double, diffusionSteps: Int, selection: DetailSelection) {
            self.fraction = fraction
            self.diffusionSteps = diffusionSteps
            self.selection = selection
        }

        /// The paper's.
        package static let published = Detail(fraction: 0.1, diffusionSteps: 50, selection: .highFrequency)
    }

    package init(
        order: Order = .checkerboard(first: .even), steps: [Int], maskSchedule: MaskSchedule? = nil,
        diffusionSteps: DiffusionStepRange = .init(max: 50, min: 20), reconstruction: Int = 20,
        detail: Detail? = .published
    ) {
        self.order = order
        self.steps = steps
        self.maskSchedule = maskSchedule
        self.diffusionSteps = diffusionSteps
        self.reconstruction = reconstruction
        self.detail = detail
    }

    package var stepCount: Int { steps.reduce(0, +) }

    private var firstColor: CheckerboardColor {
        if case .checkerboard(let first) = order { first } else { .even }
    }

    package func order(on grid: TokenGrid, seed: UInt64) -> TokenOrder {
        let checkerboard = grid.subStages(count: steps.count, firstColor: firstColor)
        switch order {
        case .checkerboard:
            return TokenOrder(
                subStages: checkerboard.enumerated().map {
                    TokenOrder.shuffled($0.element, list: $0.offset, seed: seed)
                })
        case .cut(let order):
            let tokens = order.tokens(on: grid, seed: seed)
            var start = 0
            return TokenOrder(
                subStages: checkerboard.map { part in
                    defer { start += part.count }
                    return Array(tokens[start..<start + part.count])
                })
        }
    }

    package func steps(of order: TokenOrder) -> [SamplingPlan.Step] {
        let parts = zip(order.subStages, steps).map { tokens, count in
            let masked = (maskSchedule ?? .linear).maskedCounts(tokenCount: tokens.count, stepCount: count)
            let revealed = masked.map { tokens.count - $0 }
            return zip([0] + revealed, revealed).map { Array(tokens[$0..<$1]) }
        }
        let structure = (parts.count == 1 ? parts : parts.dropLast()).flatMap(\.self)
        let details = parts.count == 1 ? [] : parts[parts.count - 1]
        var masked = order.subStages.reduce(0) { $0 + $1.count }
        let generation = structure.enumerated().map { step, tokens in
            masked -= tokens.count
            return SamplingPlan.Step(
                stage: .structure, tokens: tokens,
                diffusionSteps: diffusionSteps.count(atStep: step, of: structure.count), detail: nil,
                maskedAfter: masked)
        }
        return generation
            + details.map { tokens in
                masked -= tokens.count
                return SamplingPlan.Step(
                    stage: .reconstruction, tokens: tokens, diffusionSteps: reconstruction,
                    detail: detail?.of(tokenCount: tokens.count), maskedAfter: masked)
            }
    }

    package func faults(on grid: TokenGrid) -> [SamplerFault] {
        let most = grid.maximumSubStageCount(firstColor: firstColor)
        guard (1...most).contains(steps.count) else {
            return [
                SamplerFault(
                    .steps,
                    "must have 1...\(most) entries, one per sub-stage of \(grid.height) x \(grid.width) tokens, "
                        + "not \(steps.count)")
            ] + diffusionSteps.faults
        }
        let sizes = grid.subStageSizes(subStageCount: steps.count, firstColor: firstColor)
        return zip(steps, sizes).enumerated().compactMap { index, part in
            let (count, tokens) = part
            guard !(1...tokens).contains(count) else { return nil }
            return SamplerFault(
                .steps, index: index, "must be 1...\(tokens), the tokens of sub-stage \(index + 1), not \(count)")
        } + diffusionSteps.faults
    }
}

extension TwoStageSampler.Detail {
    /// round(beta n) of n tokens, ties to even; nil: none.
    fileprivate func of(tokenCount: Int) -> SamplingPlan.Detail? {
        let count = Int((fraction * Double(tokenCount)).rounded(.toNearestOrEven))
        return count > 0
            ? SamplingPlan.Detail(tokenCount: count, diffusionSteps: diffusionSteps, selection: selection) : nil
    }
}
