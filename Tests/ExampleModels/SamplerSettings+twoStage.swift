package import Sampler

extension SamplerSettings {
    /// The numbers of a two-stage sampler, to change one of them; setting it makes these settings two-stage.
    package var twoStage: TwoStageSampler {
        get {
            guard case .twoStage(let sampler) = method else { return TwoStageSampler(steps: []) }
            return sampler
        }
        set { method = .twoStage(newValue) }
    }
}
