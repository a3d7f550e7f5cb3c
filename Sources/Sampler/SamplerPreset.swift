/// Named samplers, with the settings of the paper's 16 x 16 grid scaled to any grid.
package enum SamplerPreset: String, Sendable, Codable, CaseIterable {
    case mar256 = "mar-256"
    case mar64 = "mar-64"
    case gtr32 = "gtr-32"
    case gtr16 = "gtr-16"

    /// Settings of this preset on a grid. Steps per stage scale with L/256, ties to even, at least 1.
    package func settings(for grid: TokenGrid) -> SamplerSettings {
        switch self {
        case .mar256: Self.random(self, steps: 256, grid: grid)
        case .mar64: Self.random(self, steps: 64, grid: grid)
        case .gtr32: Self.twoStage(self, steps: [24, 6, 2], grid: grid)
        case .gtr16: Self.twoStage(self, steps: [12, 3, 1], grid: grid)
        }
    }

    private static func random(_ preset: Self, steps: Int, grid: TokenGrid) -> SamplerSettings {
        SamplerSettings(
            preset: preset, ordering: .random, steps: [scaled(steps, to: grid)],
            diffusionSteps: .init(max: 100, min: 100, reconstruction: 100, detail: 100), detailFraction: 0,
            frequencyWeightedSelection: false, timestepClip: nil)
    }

    private static func twoStage(_ preset: Self, steps: [Int], grid: TokenGrid) -> SamplerSettings {
        SamplerSettings(
            preset: preset, ordering: .twoStage, steps: steps.map { scaled($0, to: grid) },
            diffusionSteps: .init(max: 50, min: 20, reconstruction: 20, detail: 50), detailFraction: 0.1,
            frequencyWeightedSelection: true, timestepClip: 950)
    }

    private static func scaled(_ steps: Int, to grid: TokenGrid) -> Int {
        max(1, Int((Double(steps) * Double(grid.tokenCount) / 256).rounded(.toNearestOrEven)))
    }
}
