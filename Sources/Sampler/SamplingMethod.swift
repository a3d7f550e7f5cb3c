/// The samplers there are, each with its own numbers.
package enum SamplingMethod: Sendable, Equatable, Codable {
    case randomOrder(RandomOrderSampler)
    case halton(HaltonSampler)
    case twoStage(TwoStageSampler)

    package var sampler: any TokenSampler {
        switch self {
        case .randomOrder(let sampler): sampler
        case .halton(let sampler): sampler
        case .twoStage(let sampler): sampler
        }
    }

    mutating func take(_ given: SamplerFields) -> [SamplerFault] {
        func change<Sampler: TokenSampler>(_ sampler: Sampler, _ method: (Sampler) -> Self) -> [SamplerFault] {
            var sampler = sampler
            defer { self = method(sampler) }
            return sampler.take(given)
        }
        return switch self {
        case .randomOrder(let sampler): change(sampler, Self.randomOrder)
        case .halton(let sampler): change(sampler, Self.halton)
        case .twoStage(let sampler): change(sampler, Self.twoStage)
        }
    }
}
