package import Compute
package import MARModel
package import Sampler

/// The one loop that every sampler's plan goes through: conditions of the next tokens, then their diffusion.
///
/// Belongs to one worker, and keeps what does not change from job to job: time embeddings, conditions of the empty canvas.
package final class GenerationLoop {
    /// One image of the batch. All plans have the same numbers of tokens and steps; only the tokens differ.
    package struct Image {
        package let classID: Int
        package let plan: SamplingPlan
        package let noise: any NoiseSource

        package init(classID: Int, plan: SamplingPlan, noise: any NoiseSource) {
            self.classID = classID
            self.plan = plan
            self.noise = noise
        }
    }

    package struct Settings: Sendable {
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
    }

    package struct Result {
        /// Latents of each image, [B][L * C].
        package var latents: [[Float]]
        /// Tokens that got the steps for detail: (image, token) in order of picking.
        package var detailTokens: [(image: Int, token: Int)]
    }

    package let model: MARModel
    private let backend: any Backend
    private let diffusion: TokenDiffusion
    private let emptyCanvas: EmptyCanvas

    package init(model: MARModel, backend: any Backend) {
        self.model = model
        self.backend = backend
        diffusion = TokenDiffusion(
            head: model.head, weights: ModelOperations(model.configuration).headEvaluationWeights, backend: backend)
        emptyCanvas = EmptyCanvas(model: model, backend: backend)
    }

    /// - Parameter onStep: called before each diffusion step with the number of finished autoregressive steps; what it
    ///   throws ends the work.
    package func run(
        _ images: [Image], _ settings: Settings, clock: inout StageClock,
        onStep: (_ step: SamplingPlan.Step, _ finished: Int) throws -> Void
    ) throws -> Result {
        let grid = TokenGrid(height: model.configuration.grid.height, width: model.configuration.grid.width)
        let channels = model.configuration.latentChannels
        let spectra = FrequencyWeightedSelection(width: model.configuration.decoder.width)
        let classRows = images.map { image in
            settings.guidance == 1 ? [image.classID] : [image.classID, model.encoder.unconditionalRow]
        }
        let (halves, noise) = (classRows[0].count, images.map(\.noise))
        var result = Result(
            latents: images.map { _ in [Float](repeating: 0, count: grid.tokenCount * channels) }, detailTokens: [])
        var known = images.map { _ in [Int]() }

        for (index, step) in images[0].plan.steps.enumerated() {
            let tokens = images.map { $0.plan.steps[index].tokens }
            let wall = ContinuousClock()
            let start = wall.now
            let z = conditions(
                of: tokens, known: known, latents: result.latents, classRows: classRows, stage: step.stage,
                clock: &clock)
            let groups = clock.measure(.fts) {
                Self.groups(step, tokens: tokens) { selection in
                    switch selection {
                    case .highFrequency, .lowFrequency: Self.scores(z, tokens: tokens, spectra, backend)
                    case .random:
                        zip(noise, tokens).map { noise, tokens in tokens.map(noise.selectionScore(token:)) }
                    }
                }
            }
            if let detail = step.detail {
                for image in images.indices {
                    result.detailTokens += groups[0].positions[image].prefix(detail.tokenCount)
                        .map { (image, tokens[image][$0]) }
                }
            }
            let guidance = settings.guidanceSchedule.scale(
                guidance: settings.guidance, maskedAfterStep: step.maskedAfter, tokenCount: grid.tokenCount)
            let numbers = TokenDiffusion.Settings(
                halves: halves, guidance: Float(guidance), temperature: Float(settings.temperature),
                timestepClip: settings.timestepClip)
            try clock.measure(.diffusion(step.stage)) {
                let samples = try diffusion.sample(
                    groups, z: z, tokens: tokens, numbers, noise: noise, onStep: { try onStep(step, index) })
                for sample in samples {
                    for image in images.indices {
                        for (row, position) in sample.positions[image].enumerated() {
                            let start = tokens[image][position] * channels
                            result.latents[image].replaceSubrange(
                                start..<start + channels,
                                with: sample.latents[image][row * channels..<(row + 1) * channels])
                        }
                    }
                }
            }
            for image in images.indices { known[image] = (known[image] + tokens[image]).sorted() }
            clock.count(step, images: images.count, total: wall.now - start)
        }
        return result
    }

    /// z of the wanted tokens, [B, halves * n, D].
    private func conditions(
        of wanted: [[Int]], known: [[Int]], latents: [[Float]], classRows: [[Int]], stage: SamplingStage,
        clock: inout StageClock
    ) -> Tensor {
        if known[0].isEmpty { return emptyCanvas.decode(classRows, wanted: wanted, stage: stage, clock: &clock) }
        let channels = model.configuration.latentChannels
        let canvas = Canvas(
            known: known,
            latents: zip(known, latents).flatMap { known, latents in
                known.flatMap { latents[$0 * channels..<($0 + 1) * channels] }
            }, classRows: classRows)
        let encoded = clock.measure(.encoder(stage)) { model.encoder.encode(canvas, on: backend) }
        return clock.measure(.decoder(stage)) {
            model.decoder.decode(encoded, of: canvas, wanted: wanted, on: backend)
        }
    }

    /// Scores of the tokens' conditional z, [B][n].
    /// - Parameter z: [B, halves * n, D], the conditional half first.
    private static func scores(
        _ z: Tensor, tokens: [[Int]], _ spectra: FrequencyWeightedSelection, _ backend: any Backend
    ) -> [[Double]] {
        let conditions = backend.read(z)
        return tokens.enumerated().map { image, tokens in
            tokens.indices.map { row in
                let start = (image * z.rows + row) * z.columns
                return spectra.score(conditions[start..<start + z.columns])
            }
        }
    }

    /// The tokens that run with the same number of diffusion steps: those with detail first, then the rest.
    /// - Parameter scores: of the tokens, by which to pick those with detail, [B][n].
    private static func groups(
        _ step: SamplingPlan.Step, tokens: [[Int]], scores: (DetailSelection) -> [[Double]]
    ) -> [TokenDiffusion.Group] {
        let all = Array(0..<step.tokens.count)
        guard let detail = step.detail else {
            return [.init(positions: tokens.map { _ in all }, stepCount: step.diffusionSteps)]
        }
        let picked = zip(scores(detail.selection), tokens).map { scores, tokens in
            detail.selection.pick(detail.tokenCount, scores: scores, tokens: tokens)
        }
        let rest = picked.map { picked in all.filter { !picked.contains($0) } }
        let detailed = TokenDiffusion.Group(positions: picked, stepCount: detail.diffusionSteps)
        guard detail.tokenCount < all.count else { return [detailed] }
        return [detailed, .init(positions: rest, stepCount: step.diffusionSteps)]
    }
}
