/// One finished image.
package struct GeneratedImage: Sendable, Equatable {
    package var index: Int
    package var seed: UInt64
    package var width: Int
    package var height: Int
    package var png: [UInt8]

    package init(index: Int, seed: UInt64, width: Int, height: Int, png: [UInt8]) {
        self.index = index
        self.seed = seed
        self.width = width
        self.height = height
        self.png = png
    }
}

/// Where the time of a job went, and how much work it was. Counts are totals over the job's images.
package enum StageTiming: Sendable, Equatable, Codable {
    /// An autoregressive stage's work and time.
    package struct Decoding: Sendable, Equatable, Codable {
        package var total: Duration
        package var steps: Int
        package var tokens: Int
        package var diffusionSteps: Int
        package var encoder: Duration
        package var decoder: Duration
        package var diffusion: Duration

        package init(
            total: Duration = .zero, steps: Int = 0, tokens: Int = 0, diffusionSteps: Int = 0,
            encoder: Duration = .zero, decoder: Duration = .zero, diffusion: Duration = .zero
        ) {
            self.total = total
            self.steps = steps
            self.tokens = tokens
            self.diffusionSteps = diffusionSteps
            self.encoder = encoder
            self.decoder = decoder
            self.diffusion = diffusion
        }
    }

    case structure(Decoding)
    case reconstruction(Decoding, detailTokens: Int, fts: Duration)
    case vae(total: Duration)
    case png(total: Duration)
}

/// What a generator returns for a request.
package struct GenerationOutcome: Sendable, Equatable {
    package var images: [GeneratedImage]
    package var stages: [StageTiming]

    package init(images: [GeneratedImage], stages: [StageTiming]) {
        self.images = images
        self.stages = stages
    }
}

/// How far a running job is.
package struct GenerationProgress: Sendable, Equatable, Codable {
    package enum Stage: String, Sendable, Codable { case structure, reconstruction, decode, encode }

    package var stage: Stage
    /// Autoregressive steps done, over all images of the job.
    package var step: Int
    package var steps: Int

    package init(stage: Stage, step: Int, steps: Int) {
        self.stage = stage
        self.step = step
        self.steps = steps
    }

    /// The share that is done, 0...1.
    package var fraction: Double { min(1, max(0, Double(step) / Double(max(1, steps)))) }
}
