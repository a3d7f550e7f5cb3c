/// What a client says about the sampler. Whatever is nil comes from the preset.
package struct SamplerSubmission: Sendable, Equatable {
    package enum Steps: Sendable, Equatable {
        /// A plain number: the steps of a preset without sub-stages.
        case total(Int)
        /// One entry per sub-stage, S_1 first.
        case perSubStage([Int])
    }

    package enum TimestepClip: Sendable, Equatable {
        case off
        case at(Int)
    }

    package struct DiffusionSteps: Sendable, Equatable {
        package var max: Int?
        package var min: Int?
        package var reconstruction: Int?
        package var detail: Int?

        package init() {}
    }

    /// Name of a preset; nil: the model's own.
    package var preset: String?
    package var order: String?
    package var firstColor: String?
    package var steps: Steps?
    package var diffusionSteps = DiffusionSteps()
    package var detailFraction: Double?
    package var timestepClip: TimestepClip?
    /// Whether any tokens get the diffusion steps for detail.
    package var frequencyWeightedSelection: Bool?
    /// Which tokens get them.
    package var selection: String?
    /// Where the preset's name stands: JSON allows `"sampler": "gtr-16"` too.
    var presetPointer = "/sampler/preset"

    package init(preset: String? = nil) {
        self.preset = preset
    }
}
