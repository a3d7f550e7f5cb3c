package import Sampler

/// What a client says about the sampler. Whatever is not given comes from the preset.
package struct SamplerSubmission: Sendable, Equatable {
    /// Name of a preset; nil: the model's own.
    package var preset: String?
    package var given = SamplerFields()
    /// Where the preset's name stands: JSON allows `"sampler": "gtr-16"` too.
    var presetPointer = "/sampler/preset"

    package init(preset: String? = nil) {
        self.preset = preset
    }

    /// For all settings of an image that was made: what they lack there was no choice of.
    package mutating func completeFromStorage() {
        let isTwoStage = self[.order] != nil
        if isTwoStage, self[.maskSchedule] == nil { self[.maskSchedule] = .name(MaskSchedule.linear.rawValue) }
    }

    package subscript(field: SamplerField) -> SamplerValue? {
        get { given[field] }
        set { given[field] = newValue }
    }
}
