/// Named samplers, with the settings of the paper's 16 x 16 grid scaled to any grid.
package enum SamplerPreset: String, Sendable, Codable, CaseIterable {
    case mar256 = "mar-256"
    case mar64 = "mar-64"
    case gtr32 = "gtr-32"
    case gtr16 = "gtr-16"
    case disa64 = "disa-64"
    case halton16 = "halton-16"

    /// Settings of this preset on a grid. Steps per stage scale with L/256, ties to even, at least 1.
    /// - Parameter timestepClip: the model's own, for presets that have none.
    package func settings(for grid: TokenGrid, timestepClip: Int? = nil) -> SamplerSettings {
        var settings = published(for: grid)
        settings.timestepClip = settings.timestepClip ?? timestepClip
        return settings
    }

    private func published(for grid: TokenGrid) -> SamplerSettings {
        switch self {
        case .mar256: Self.oneStage(self, .random, steps: 256, diffusionSteps: (100, 100), clip: nil, grid: grid)
        case .mar64: Self.oneStage(self, .random, steps: 64, diffusionSteps: (100, 100), clip: nil, grid: grid)
        case .disa64: Self.oneStage(self, .random, steps: 64, diffusionSteps: (50, 5), clip: 950, grid: grid)
        case .halton16: Self.oneStage(self, .halton, steps: 16, diffusionSteps: (100, 100), clip: nil, grid: grid)
        case .gtr32: Self.twoStage(self, steps: [24, 6, 2], grid: grid)
        case .gtr16: Self.twoStage(self, steps: [12, 3, 1], grid: grid)
        }
    }

    private static func oneStage(
        _ preset: Self, _ ordering: SamplerSettings.Ordering, steps: Int, diffusionSteps: (max: Int, min: Int),
        clip: Int?, grid: TokenGrid
    ) -> SamplerSettings {
        SamplerSettings(
            preset: preset, ordering: ordering, steps: [scaled(steps, to: grid)],
            diffusionSteps: .init(
                max: diffusionSteps.max, min: diffusionSteps.min, reconstruction: diffusionSteps.min,
                detail: diffusionSteps.min),
            detailFraction: 0, detailSelection: nil, timestepClip: clip)
    }

    private static func twoStage(_ preset: Self, steps: [Int], grid: TokenGrid) -> SamplerSettings {
        SamplerSettings(
            preset: preset, ordering: .twoStage, steps: steps.map { scaled($0, to: grid) },
            diffusionSteps: .init(max: 50, min: 20, reconstruction: 20, detail: 50), detailFraction: 0.1,
            detailSelection: .highFrequency, timestepClip: 950)
    }

    private static func scaled(_ steps: Int, to grid: TokenGrid) -> Int {
        max(1, Int((Double(steps) * Double(grid.tokenCount) / 256).rounded(.toNearestOrEven)))
    }
}
