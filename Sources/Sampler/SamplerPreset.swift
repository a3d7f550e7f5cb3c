/// Named samplers, with the settings of the paper's 16 x 16 grid scaled to any grid.
package enum SamplerPreset: String, Sendable, Codable, CaseIterable {
    case mar256 = "mar-256"
    case mar64 = "mar-64"
    case gtr32 = "gtr-32"
    case gtr16 = "gtr-16"
    case gtr32Fast = "gtr-32-fast"
    case gtr16Fast = "gtr-16-fast"
    case disa64 = "disa-64"
    case halton16 = "halton-16"

    /// Settings of this preset on a grid. Steps per stage scale with L/256, ties to even, at least 1.
    /// - Parameters:
    ///   - timestepClip: the model's own, for presets that have none.
    ///   - maskSchedule: the model's own, in the sub-stages of two-stage samplers.
    package func settings(
        for grid: TokenGrid, timestepClip: Int? = nil, maskSchedule: MaskSchedule? = nil
    ) -> SamplerSettings {
        var settings = published(for: grid, maskSchedule)
        settings.timestepClip = settings.timestepClip ?? timestepClip
        return settings
    }

    private func published(for grid: TokenGrid, _ maskSchedule: MaskSchedule?) -> SamplerSettings {
        let full = DiffusionStepRange(100)
        func scaled(_ steps: Int) -> Int {
            max(1, Int((Double(steps) * Double(grid.tokenCount) / 256).rounded(.toNearestOrEven)))
        }
        let (method, clip): (SamplingMethod, Int?) =
            switch self {
            case .mar256: (.randomOrder(.init(stepCount: scaled(256), diffusionSteps: full)), nil)
            case .mar64: (.randomOrder(.init(stepCount: scaled(64), diffusionSteps: full)), nil)
            case .disa64: (.randomOrder(.init(stepCount: scaled(64), diffusionSteps: .init(max: 50, min: 5))), 950)
            case .halton16: (.halton(.init(stepCount: scaled(16), diffusionSteps: full)), nil)
            case .gtr32, .gtr32Fast:
                (.twoStage(.init(steps: [24, 6, 2].map(scaled), maskSchedule: maskSchedule)), 950)
            case .gtr16, .gtr16Fast:
                (.twoStage(.init(steps: [12, 3, 1].map(scaled), maskSchedule: maskSchedule)), 950)
            }
        return SamplerSettings(preset: self, method: method, timestepClip: clip, guidanceReuse: guidanceReuse)
    }

    /// The fast ones compute the unconditional half of the guidance at every second step.
    var guidanceReuse: Int {
        switch self {
        case .gtr32Fast, .gtr16Fast: 2
        case .mar256, .mar64, .gtr32, .gtr16, .disa64, .halton16: 1
        }
    }
}
