package import Sampler

/// What a job is to make: every value resolved and validated, so that the same request gives the same bytes.
package struct GenerationRequest: Sendable, Equatable, Codable {
    package var model: String
    package var classID: Int
    package var className: String
    /// Number of images; image n has seed `seed + n` (wrapping).
    package var count: Int
    package var seed: UInt64
    /// Classifier-free guidance scale g; 1 switches the unconditional half off.
    package var guidance: Double
    package var guidanceSchedule: GuidanceSchedule
    /// Factor on the noise of each diffusion step.
    package var temperature: Double
    package var sampler: SamplerSettings
    /// Whether the PNG carries the settings as tEXt chunks.
    package var metadata: Bool
    /// Whether who listens sees the images while they are painted.
    package var previews: Bool
    /// Higher runs earlier; first come, first served within a priority.
    package var priority: Int
    /// A job that has not started this long after submission expires; nil: never.
    package var deadline: Duration?

    package init(
        model: String, classID: Int, className: String, count: Int, seed: UInt64, guidance: Double,
        guidanceSchedule: GuidanceSchedule, temperature: Double, sampler: SamplerSettings, metadata: Bool,
        priority: Int, deadline: Duration?, previews: Bool = false
    ) {
        self.model = model
        self.classID = classID
        self.className = className
        self.count = count
        self.seed = seed
        self.guidance = guidance
        self.guidanceSchedule = guidanceSchedule
        self.temperature = temperature
        self.sampler = sampler
        self.metadata = metadata
        self.previews = previews
        self.priority = priority
        self.deadline = deadline
    }
}
