/// A sampler without stages: one order of the whole grid, revealed on a schedule.
protocol OneStageSampler: TokenSampler {
    /// N.
    var stepCount: Int { get set }
    var diffusionSteps: DiffusionStepRange { get set }

    /// The order cut into steps: the sampler's schedule.
    func pieces(of tokens: [Int]) -> [ArraySlice<Int>]
}

extension OneStageSampler {
    package static var knownFields: [SamplerField] {
        [.steps, .mostDiffusionSteps, .fewestDiffusionSteps, .timestepClip, .guidanceReuse]
    }

    package var fields: SamplerFields {
        SamplerFields([
            .steps: .integer(stepCount),
            .mostDiffusionSteps: .integer(diffusionSteps.max),
            .fewestDiffusionSteps: .integer(diffusionSteps.min),
        ])
    }

    package mutating func take(_ given: SamplerFields) -> [SamplerFault] {
        diffusionSteps.take(given)
        switch given[.steps] {
        case .integer(let count): stepCount = count
        case .integers: return [SamplerFault(.steps, "must be one number: this sampler has no sub-stages")]
        default: break
        }
        return []
    }

    package func faults(on grid: TokenGrid) -> [SamplerFault] {
        let range = 1...grid.tokenCount
        guard !range.contains(stepCount) else { return diffusionSteps.faults }
        let detail = "must be 1...\(range.upperBound), the tokens of the image, not \(stepCount)"
        return [SamplerFault(.steps, detail)] + diffusionSteps.faults
    }

    package func steps(of order: TokenOrder) -> [SamplingPlan.Step] {
        var masked = order.subStages[0].count
        return pieces(of: order.subStages[0]).enumerated().map { index, tokens in
            masked -= tokens.count
            return SamplingPlan.Step(
                stage: .structure, tokens: Array(tokens),
                diffusionSteps: diffusionSteps.count(atStep: index, of: stepCount), detail: nil, maskedAfter: masked)
        }
    }
}
