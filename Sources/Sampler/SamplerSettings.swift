/// Every number of a sampler, resolved: nothing is left to a default.
package struct SamplerSettings: Sendable, Equatable, Codable {
    /// In which order tokens are decided, and how many at a time.
    package enum Ordering: String, Sendable, Codable {
        /// One random permutation, revealed on MAR's cosine schedule (`mar-N`).
        case random
        /// Halton points, which spread evenly over the grid (`halton-N`, arXiv 2503.17076).
        case halton
        /// Two stages of sub-stages (`gtr`, arXiv 2510.17171, section 3), which `subStageOrder` fills.
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
        /// T_detail, for the tokens that `detailSelection` picks.
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
    /// Which tokens the sub-stages of `twoStage` take.
    package var subStageOrder: SubStageOrder
    /// Which colour of the checkerboard is the structure; the other one is the reconstruction. Other orders have neither.
    package var firstColor: CheckerboardColor
    /// Autoregressive steps: one entry, or one per sub-stage S_1...S_K for `twoStage`.
    package var steps: [Int]
    package var diffusionSteps: DiffusionSteps
    /// beta: the share of each reconstruction step's tokens that get `diffusionSteps.detail`.
    package var detailFraction: Double
    /// Which tokens those are; nil: none, all are alike.
    package var detailSelection: DetailSelection?
    /// Highest diffusion timestep that is evaluated (0...999); nil: no clip.
    package var timestepClip: Int?

    /// The order and the colour that comes first are the paper's, where they are not given.
    package init(
        preset: SamplerPreset, ordering: Ordering, subStageOrder: SubStageOrder = .checkerboard,
        firstColor: CheckerboardColor = .even, steps: [Int], diffusionSteps: DiffusionSteps, detailFraction: Double,
        detailSelection: DetailSelection?, timestepClip: Int?
    ) {
        self.preset = preset
        self.ordering = ordering
        self.subStageOrder = subStageOrder
        self.firstColor = firstColor
        self.steps = steps
        self.diffusionSteps = diffusionSteps
        self.detailFraction = detailFraction
        self.detailSelection = detailSelection
        self.timestepClip = timestepClip
    }
}
