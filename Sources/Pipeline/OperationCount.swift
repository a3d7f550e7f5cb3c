package import MARModel
package import Sampler

/// Floating-point operations of a job, per stage and part; a multiply-add is two.
package struct OperationCount: Sendable, Equatable {
    package struct Decoding: Sendable, Equatable {
        package var encoder = 0
        package var decoder = 0
        /// The diffusion head with its embeddings.
        package var head = 0

        package var total: Int { encoder + decoder + head }
    }

    package private(set) var structure = Decoding()
    package private(set) var reconstruction = Decoding()
    package let vae: Int
    /// Calls of the diffusion head: each reads its weights once, whatever the number of rows.
    package private(set) var headEvaluations = 0
    /// Passes of encoder and decoder: a batch shares each, and reads their weights once.
    package private(set) var transformerPasses = 0

    package var encoder: Int { structure.encoder + reconstruction.encoder }
    package var decoder: Int { structure.decoder + reconstruction.decoder }
    package var head: Int { structure.head + reconstruction.head }
    package var total: Int { structure.total + reconstruction.total + vae }

    /// What a job costs on a worker that has not seen its class yet.
    /// - Parameters:
    ///   - plan: of any of the images; their plans differ only in which tokens, not in how many.
    ///   - guidance: g; 1 leaves the unconditional half out.
    ///   - images: made in batches of `GenerationPipeline.batchSize`.
    package init(
        _ plan: SamplingPlan, configuration: ModelConfiguration, guidance: Double, timestepClip: Int?, images: Int
    ) {
        let operations = ModelOperations(configuration)
        let headHalves = guidance == 1 ? 1 : 2
        let batches = (images + GenerationPipeline.batchSize - 1) / GenerationPipeline.batchSize
        vae = images * operations.imageDecoding
        var (known, embeddedSchedules) = (0, Set<Int>())
        for (index, step) in plan.steps.enumerated() {
            var decoding = Decoding()
            let halves = plan.reusesGuidance(at: index) ? 1 : headHalves
            let ahead = headHalves == 1 ? 0 : plan.tokensAhead(of: index).count
            transformerPasses += known == 0 ? 1 : batches
            // The empty canvas of a class is computed once, for every token.
            let (canvases, wanted) = known == 0 ? (1, configuration.tokenCount) : (images, step.tokens.count + ahead)
            decoding.encoder = canvases * operations.encoderStep(known: known, halves: halves)
            decoding.decoder = canvases * operations.decoderStep(known: known, wanted: wanted, halves: halves)
            for (tokens, stepCount) in step.chains {
                let rows = images * headHalves * tokens
                let evaluations = DiffusionSchedule.timesteps(stepCount: stepCount, clip: timestepClip).count
                decoding.head += operations.conditionEmbedding(rows: rows)
                decoding.head += evaluations * operations.headEvaluation(rows: rows)
                headEvaluations += batches * evaluations
                if embeddedSchedules.insert(stepCount).inserted {
                    decoding.head += batches * evaluations * operations.timeEmbedding
                }
            }
            switch step.stage {
            case .structure: structure.add(decoding)
            case .reconstruction: reconstruction.add(decoding)
            }
            known += step.tokens.count
        }
    }
}

extension OperationCount.Decoding {
    fileprivate mutating func add(_ other: Self) {
        encoder += other.encoder
        decoder += other.decoder
        head += other.head
    }
}
