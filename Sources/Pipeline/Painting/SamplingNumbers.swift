package import Sampler

/// Numbers of a request that hold for every step of its images.
package struct SamplingNumbers: Sendable, Equatable {
    /// g; exactly 1 leaves the unconditional half out.
    package var guidance: Double
    package var guidanceSchedule: GuidanceSchedule
    package var temperature: Double
    package var timestepClip: Int?

    package init(guidance: Double, guidanceSchedule: GuidanceSchedule, temperature: Double, timestepClip: Int?) {
        self.guidance = guidance
        self.guidanceSchedule = guidanceSchedule
        self.temperature = temperature
        self.timestepClip = timestepClip
    }

    /// S: 1 without guidance, 2 with.
    var halves: Int { guidance == 1 ? 1 : 2 }
}
