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

    /// Of the settings that an image was made with: what they do not say, they do not leave to the model.
    package mutating func takeLiterally() {
        let isTwoStage = self[.order] != nil
        if isTwoStage, self[.maskSchedule] == nil { self[.maskSchedule] = SamplerValue.none }
    }

    package subscript(field: SamplerField) -> SamplerValue? {
        get { given[field] }
        set { given[field] = newValue }
    }
}
