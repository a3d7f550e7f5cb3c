/// Every number of a sampler, resolved: nothing is left to a default.
package struct SamplerSettings: Sendable, Equatable, Codable {
    /// In which order tokens are decided, and how many at a time.
    package enum Ordering: String, Sendable, Codable {
        /// One random permutation, revealed on MAR's cosine schedule (`mar-N`).
        case random
        /// Halton points, which spread evenly over the grid (`halton-N`, arXiv 2503.17076).
        case halton
        /// Two-stage checkerboard sub-stages (`gtr`, arXiv 2510.17171, section 3).
        case twoStage = "two_stage"
    }

    /// Diffusion steps per token. Orders without stages use only `max` and `min`.
    package struct DiffusionSteps: Sendable, Equatable, Codable {
        /// T_max, at the first generation step.
        package var max: Int
        /// T_min, at the last generation step.
        package var min: Int
        /// T_rec, in the reconstruction stage.
        package var reconstruction: Int
        /// T_detail, for the tokens that frequency-weighted selection picks.
        package var detail: Int

        package init(max: Int, min: Int, reconstruction: Int, detail: Int) {
            self.max = max
            self.min = min
            self.reconstruction = reconstruction
            self.detail = detail
        }
    }

    /// The preset that these settings started from.
    package var preset: SamplerPreset
    package var ordering: Ordering
    /// Autoregressive steps: one entry, or one per sub-stage S_1...S_K for `twoStage`.
    package var steps: [Int]
    package var diffusionSteps: DiffusionSteps
    /// beta: the share of each reconstruction step's tokens that get `diffusionSteps.detail`.
    package var detailFraction: Double
    /// Whether frequency-weighted token selection is on.
    package var frequencyWeightedSelection: Bool
    /// Highest diffusion timestep that is evaluated (0...999); nil: no clip.
    package var timestepClip: Int?

    package init(
        preset: SamplerPreset, ordering: Ordering, steps: [Int], diffusionSteps: DiffusionSteps, detailFraction: Double,
        frequencyWeightedSelection: Bool, timestepClip: Int?
    ) {
        self.preset = preset
        self.ordering = ordering
        self.steps = steps
        self.diffusionSteps = diffusionSteps
        self.detailFraction = detailFraction
        self.frequencyWeightedSelection = frequencyWeightedSelection
        self.timestepClip = timestepClip
    }
}
