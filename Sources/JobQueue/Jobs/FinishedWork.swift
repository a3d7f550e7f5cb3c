package import Generation

/// What a worker hands in for a job. Making one hashes the images, so make it where compute belongs.
package struct FinishedWork: Sendable, Equatable {
    package let images: [StoredImage]
    package let stages: [StageTiming]
    /// From the start of the generation to its end.
    package let total: Duration

    package init(_ outcome: GenerationOutcome, total: Duration) {
        images = outcome.images.map(StoredImage.init)
        stages = outcome.stages
        self.total = total
    }
}
