package import Generation
import Sampler

/// Adds up where the time of a job goes.
package struct StageClock: Sendable {
    private var structure = StageTiming.Decoding()
    private var reconstruction = StageTiming.Decoding()
    private var detailTokens = 0
    private var fts = Duration.zero
    private var vae = Duration.zero
    private var png = Duration.zero

    package init() {}

    /// The stages that ran, in their order.
    package var stages: [StageTiming] {
        var stages = [StageTiming.structure(structure)]
        if reconstruction.steps > 0 {
            stages.append(.reconstruction(reconstruction, detailTokens: detailTokens, fts: fts))
        }
        return stages + [.vae(total: vae), .png(total: png)]
    }

    /// The parts of a job that are timed by themselves.
    enum Part {
        case encoder(SamplingStage)
        case decoder(SamplingStage)
        case diffusion(SamplingStage)
        case fts
        case vae
        case png
    }

    mutating func measure<Result>(_ part: Part, _ work: () throws -> Result) rethrows -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try work()
        add(clock.now - start, to: part)
        return result
    }

    /// Counts an autoregressive step of `images` images, and the whole time it took.
    mutating func count(_ step: SamplingPlan.Step, images: Int, total: Duration) {
        self[step.stage].total += total
        self[step.stage].steps += images
        self[step.stage].tokens += images * step.tokens.count
        self[step.stage].diffusionSteps += images * (step.diffusionSteps + (step.detail?.diffusionSteps ?? 0))
        detailTokens += images * (step.detail?.tokenCount ?? 0)
    }

    private mutating func add(_ time: Duration, to part: Part) {
        switch part {
        case .encoder(let stage): self[stage].encoder += time
        case .decoder(let stage): self[stage].decoder += time
        case .diffusion(let stage): self[stage].diffusion += time
        case .fts: fts += time
        case .vae: vae += time
        case .png: png += time
        }
    }

    private subscript(stage: SamplingStage) -> StageTiming.Decoding {
        get { stage == .structure ? structure : reconstruction }
        set {
            switch stage {
            case .structure: structure = newValue
            case .reconstruction: reconstruction = newValue
            }
        }
    }
}
