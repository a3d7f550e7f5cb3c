import Foundation

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

    package init(_ settings: SamplerSettings, grid: TokenGrid, order: TokenOrder) {
        let reveals =
            switch settings.ordering {
            case .random: Self.cosineReveals(order.subStages[0], steps: settings.steps[0])
            case .halton: Self.arccosineReveals(order.subStages[0], steps: settings.steps[0])
            case .twoStage: Self.evenReveals(order.subStages, steps: settings.steps)
            }
        let structureSteps = reveals.count { $0.stage == .structure }
        var masked = grid.tokenCount
        steps = reveals.enumerated().map { index, reveal in
            masked -= reveal.tokens.count
            switch reveal.stage {
            case .structure:
                return Step(
                    stage: .structure, tokens: reveal.tokens,
                    diffusionSteps: settings.diffusionSteps.atStructureStep(index, of: structureSteps), detail: nil,
                    maskedAfter: masked)
            case .reconstruction:
                return Step(
                    stage: .reconstruction, tokens: reveal.tokens,
                    diffusionSteps: settings.diffusionSteps.reconstruction,
                    detail: Self.detail(settings, tokens: reveal.tokens.count), maskedAfter: masked)
            }
        }
    }

    private typealias Reveal = (stage: SamplingStage, tokens: [Int])

    /// MAR's schedule (arXiv 2406.11838, section 4.3, and its reference code): after step s of N,
    /// floor(L cos(pi/2 (s+1)/N)) tokens stay masked; tokens are taken from the end of the order.
    private static func cosineReveals(_ order: [Int], steps: Int) -> [Reveal] {
        var masked = order.count
        return (0..<steps).map { step in
            let ratio = cos(Double.pi / 2 * Double(step + 1) / Double(steps))
            let wanted = Int((Double(order.count) * ratio).rounded(.down))
            let next = step == steps - 1 ? 0 : max(1, min(masked - 1, wanted))
            defer { masked = next }
            return (.structure, Array(order[next..<masked]))
        }
    }

    /// The schedule of Halton-MaskGIT (arXiv 2503.17076): after step k of N (from 1), L (1 - arccos(k/N) 2/pi) tokens are
    /// decided, rounded down, at least k, and enough left for one in each step to come.
    private static func arccosineReveals(_ order: [Int], steps: Int) -> [Reveal] {
        var decided = 0
        return (1...steps).map { step in
            let share = 1 - acos(Double(step) / Double(steps)) * 2 / Double.pi
            let wanted = Int((Double(order.count) * share).rounded(.down))
            let next = step == steps ? order.count : min(max(wanted, step, decided + 1), order.count - (steps - step))
            defer { decided = next }
            return (.structure, Array(order[decided..<next]))
        }
    }

    /// Sub-stage k with n tokens and s steps has revealed floor(n (m+1)/s) after its step m. The last sub-stage is the
    /// reconstruction; a single one is all structure.
    private static func evenReveals(_ subStages: [[Int]], steps: [Int]) -> [Reveal] {
        zip(subStages, steps).enumerated().flatMap { index, part -> [Reveal] in
            let (tokens, count) = part
            let stage = index > 0 && index == subStages.count - 1 ? SamplingStage.reconstruction : .structure
            return (0..<count).map { m in
                (stage, Array(tokens[tokens.count * m / count..<tokens.count * (m + 1) / count]))
            }
        }
    }

    private static func detail(_ settings: SamplerSettings, tokens: Int) -> Detail? {
        let count = Int((settings.detailFraction * Double(tokens)).rounded(.toNearestOrEven))
        guard let selection = settings.detailSelection, count > 0 else { return nil }
        return Detail(tokenCount: count, diffusionSteps: settings.diffusionSteps.detail, selection: selection)
    }
}

extension SamplerSettings.DiffusionSteps {
    /// Stage-aware schedule (arXiv 2510.17171, section 3.4): T_a = round(T_max + (T_min - T_max) a / (G - 1)), ties to even.
    package func atStructureStep(_ step: Int, of count: Int) -> Int {
        guard count > 1 else { return max }
        let share = Double(step) / Double(count - 1)
        return Int((Double(max) + Double(min - max) * share).rounded(.toNearestOrEven))
    }
}
