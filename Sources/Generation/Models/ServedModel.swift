package import Sampler

/// What a client may know of a model that is served, and what the checks of a request need.
package struct ServedModel: Sendable {
    /// What a request gets that does not say otherwise.
    package struct Defaults: Sendable, Equatable {
        package var preset: SamplerPreset
        package var guidance: Double
        package var guidanceSchedule: GuidanceSchedule
        package var temperature: Double
        /// In samplers that set none of their own.
        package var timestepClip: Int?
        /// In the sub-stages of two-stage samplers.
        package var maskSchedule: MaskSchedule?

        package init(
            preset: SamplerPreset, guidance: Double, guidanceSchedule: GuidanceSchedule, temperature: Double,
            timestepClip: Int? = nil, maskSchedule: MaskSchedule? = nil
        ) {
            self.preset = preset
            self.guidance = guidance
            self.guidanceSchedule = guidanceSchedule
            self.temperature = temperature
            self.timestepClip = timestepClip
            self.maskSchedule = maskSchedule
        }
    }

    /// Stands in paths as it is: letters, digits, and - . _ only.
    package let name: String
    package let description: String
    /// SPDX identifier.
    package let license: String
    /// Size of an image in pixels.
    package let imageWidth: Int
    package let imageHeight: Int
    /// 1: grey, 3: RGB.
    package let channels: Int
    package let grid: TokenGrid
    package let classes: [ModelClass]
    package let defaults: Defaults
    /// SHA-256 of the weights, in hexadecimal.
    package let weightsSHA256: String
    package let classIndex: ClassIndex
    /// nil if nobody has painted them.
    package let pictures: ClassPictures?
    /// What a valid request to this model costs: who knows the model's shapes supplies it.
    package let work: @Sendable (GenerationRequest) -> Work

    /// What a preset means to this model.
    package func settings(of preset: SamplerPreset) -> SamplerSettings {
        preset.settings(for: grid, timestepClip: defaults.timestepClip, maskSchedule: defaults.maskSchedule)
    }

    package init(
        name: String, description: String, license: String, imageWidth: Int, imageHeight: Int, channels: Int,
        grid: TokenGrid, classes: [ModelClass], defaults: Defaults, weightsSHA256: String,
        pictures: ClassPictures? = nil, work: @escaping @Sendable (GenerationRequest) -> Work
    ) {
        self.name = name
        self.description = description
        self.license = license
        self.imageWidth = imageWidth
        self.imageHeight = imageHeight
        self.channels = channels
        self.grid = grid
        self.classes = classes
        self.defaults = defaults
        self.weightsSHA256 = weightsSHA256
        self.pictures = pictures
        self.work = work
        classIndex = ClassIndex(classes)
    }
}
