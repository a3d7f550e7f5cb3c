extension StageTiming {
    /// The sum of this stage's work and time and those of the same stage elsewhere.
    package func adding(_ other: StageTiming) -> StageTiming {
        switch (self, other) {
        case (.structure(let work), .structure(let more)):
            return .structure(work.adding(more))
        case (.reconstruction(let work, let tokens, let fts), .reconstruction(let more, let moreTokens, let moreFTS)):
            return .reconstruction(work.adding(more), detailTokens: tokens + moreTokens, fts: fts + moreFTS)
        case (.vae(let time), .vae(let more)):
            return .vae(total: time + more)
        case (.png(let time), .png(let more)):
            return .png(total: time + more)
        default:
            preconditionFailure("different stages do not add up")
        }
    }
}

extension StageTiming.Decoding {
    func adding(_ other: Self) -> Self {
        Self(
            total: total + other.total, steps: steps + other.steps, tokens: tokens + other.tokens,
            diffusionSteps: diffusionSteps + other.diffusionSteps, encoder: encoder + other.encoder,
            decoder: decoder + other.decoder, diffusion: diffusion + other.diffusion)
    }
}
