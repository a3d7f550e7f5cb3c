import Sampler

extension APILimits {
    /// The most that one request to this model may cost.
    package func work(for model: ServedModel) -> Work {
        if let maximumWork { return maximumWork }
        return SamplerPreset.allCases.map { model.work(costliest(of: $0, model)) }.max() ?? .zero
    }

    /// With guidance, whether or not the model has it by default: a request may ask for it.
    private func costliest(of preset: SamplerPreset, _ model: ServedModel) -> GenerationRequest {
        GenerationRequest(
            model: model.name, classID: 0, className: "", count: maximumCount, seed: 0,
            guidance: APILimits.guidance.upperBound, guidanceSchedule: .constant, temperature: 1,
            sampler: model.settings(of: preset), metadata: true, priority: 0, deadline: nil)
    }
}
