package import Compute
package import MARModel
import Sampler

/// Takes paintings further, one autoregressive step after the other: the conditions of the step's tokens, then their
/// diffusion. Every sampler's plan goes this way.
///
/// Belongs to one worker, and keeps what does not change from job to job: time embeddings, conditions of the empty canvas.
package final class Painter {
    package let model: MARModel
    private let backend: any Backend
    private let diffusion: TokenDiffusion
    private let emptyCanvas: EmptyCanvas
    private let spectra: FrequencyWeightedSelection

    package init(model: MARModel, backend: any Backend) {
        self.model = model
        self.backend = backend
        diffusion = TokenDiffusion(
            head: model.head, weights: ModelOperations(model.configuration).headEvaluationWeights, backend: backend)
        emptyCanvas = EmptyCanvas(model: model, backend: backend)
        spectra = FrequencyWeightedSelection(width: model.configuration.decoder.width)
    }

    /// One autoregressive step of each painting.
    /// - Parameters:
    ///   - paintings: alike, and none finished: images of one job at the same place of their plans. What is thrown leaves
    ///     them as they were.
    ///   - onDiffusionStep: called before each diffusion step; what it throws ends the work.
    package func advance(
        _ paintings: inout [Painting], clock: inout StageClock, onDiffusionStep: () throws -> Void = {}
    ) throws {
        precondition(paintings.allSatisfy { !$0.isFinished && $0.isAlike(paintings[0]) }, "paintings of one job")
        let (step, wall) = (paintings[0].nextStep, ContinuousClock())
        let start = wall.now

        var ahead = paintings
        let z = conditions(of: &ahead, clock: &clock)
        let detailed = clock.measure(.fts) { paintings.indices.map { detailedPositions(of: paintings[$0], $0, z) } }
        let chains = try clock.measure(.diffusion(step.stage)) {
            try diffusion.run(
                zip(paintings, detailed).map { $0.chains(detailed: $1) },
                .init(conditions: z, guidance: guidance(of: paintings[0]), numbers: paintings[0].numbers),
                onStep: onDiffusionStep)
        }
        paintings = ahead
        for index in paintings.indices { paintings[index].take(chains[index], detailed: detailed[index]) }

        clock.count(step, images: paintings.count, total: wall.now - start)
    }

    /// z of the next step's tokens, [B, S n, D]: each token's condition, given what is known.
    /// - Parameter paintings: get what later steps reuse.
    private func conditions(of paintings: inout [Painting], clock: inout StageClock) -> Tensor {
        let reuse = GuidanceReuse(backend: backend, width: model.configuration.decoder.width)
        let wanted = paintings.map { $0.nextStep.tokens + $0.tokensAhead }
        let isHalf = paintings[0].numbers.halves == 1 || paintings[0].reusesGuidance
        let classRows = paintings.map { isHalf ? [$0.classID] : [$0.classID, model.encoder.unconditionalRow] }
        let z = computedConditions(of: paintings, classRows, wanted: wanted, clock: &clock)
        return paintings[0].reusesGuidance ? reuse.complete(z, of: paintings) : reuse.keep(z, in: &paintings)
    }

    /// z of the wanted tokens for the classes and no class, as many of them as there are halves: [B, halves * n, D].
    private func computedConditions(
        of paintings: [Painting], _ classRows: [[Int]], wanted: [[Int]], clock: inout StageClock
    ) -> Tensor {
        let stage = paintings[0].nextStep.stage
        if paintings[0].known.isEmpty {
            return emptyCanvas.decode(classRows, wanted: wanted, stage: stage, clock: &clock)
        }
        let canvas = Canvas(
            known: paintings.map(\.known), latents: paintings.flatMap(\.knownLatents), classRows: classRows)
        let encoded = clock.measure(.encoder(stage)) { model.encoder.encode(canvas, on: backend) }
        return clock.measure(.decoder(stage)) {
            model.decoder.decode(encoded, of: canvas, wanted: wanted, on: backend)
        }
    }

    /// Which of the next step's tokens get the diffusion steps for detail, best first.
    /// - Parameters:
    ///   - image: the painting's place in z.
    ///   - z: [B, S n, D], the conditional half first.
    private func detailedPositions(of painting: Painting, _ image: Int, _ z: Tensor) -> [Int] {
        let tokens = painting.nextStep.tokens
        guard let detail = painting.nextStep.detail else { return [] }
        let scores =
            switch detail.selection {
            case .random: tokens.map(painting.noise.selectionScore(token:))
            case .highFrequency, .lowFrequency: scores(backend.read(z.images(image..<image + 1)), count: tokens.count)
            }
        return detail.selection.pick(detail.tokenCount, scores: scores, tokens: tokens)
    }

    /// - Parameter conditions: of one image, [n, D] in its first rows.
    private func scores(_ conditions: [Float], count: Int) -> [Double] {
        let width = model.configuration.decoder.width
        return (0..<count).map { spectra.score(conditions[$0 * width..<($0 + 1) * width]) }
    }

    /// g_s of the next step.
    private func guidance(of painting: Painting) -> Double {
        painting.numbers.guidanceSchedule.scale(
            guidance: painting.numbers.guidance, maskedAfterStep: painting.nextStep.maskedAfter,
            tokenCount: model.configuration.tokenCount)
    }
}
