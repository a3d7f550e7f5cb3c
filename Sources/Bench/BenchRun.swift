package import Compute
package import Generation
package import Pipeline
package import Sampler

/// One measured job, and what the machine gave just before it.
package struct BenchRun {
    /// A part of the model, over all stages.
    package struct Part {
        package let name: String
        package let wall: Duration
        package let operations: Int
        /// Weights read over all passes; nil where they are no measure of the memory that is moved.
        let weightsRead: Int?

        package var gflop: Double { Double(operations) / 1e9 }
        var gflops: Double { BenchRun.ratio(gflop, wall.seconds) }
    }

    package let model: String
    package let sampler: SamplerPreset
    package let engine: Engine
    package let threads: Int
    package let images: Int
    package let wall: Duration
    package let stages: [StageTiming]
    package let operations: OperationCount
    /// What the parts of the model weigh.
    package let modelOperations: ModelOperations
    package let ceilings: MachineCeilings
    /// nil where the system does not tell.
    package let peakByteCount: Int?
    /// Blocks of scratch memory that the job took from the system.
    package let scratchAllocations: Int

    package var gflop: Double { Double(operations.total) / 1e9 }
    package var gflops: Double { Self.ratio(gflop, wall.seconds) }

    /// Encoder, decoder, head, vae.
    package var parts: [Part] {
        var (encoder, decoder, head, vae) = (Duration.zero, Duration.zero, Duration.zero, Duration.zero)
        for stage in stages {
            switch stage {
            case .structure(let work), .reconstruction(let work, _, _):
                encoder += work.encoder
                decoder += work.decoder
                head += work.diffusion
            case .vae(let total): vae += total
            case .png: break
            }
        }
        return [
            Part(
                name: "encoder", wall: encoder, operations: operations.encoder,
                weightsRead: operations.transformerPasses * modelOperations.encoderWeights),
            Part(
                name: "decoder", wall: decoder, operations: operations.decoder,
                weightsRead: operations.transformerPasses * modelOperations.decoderWeights),
            Part(
                name: "head", wall: head, operations: operations.head,
                weightsRead: operations.headEvaluations * modelOperations.headEvaluationWeights),
            Part(name: "vae", wall: vae, operations: operations.vae, weightsRead: nil),
        ]
    }

    /// GFLOP/s of encoder and decoder together over the matmul ceiling, 0...1.
    package var share: Double {
        let seconds = parts[0].wall.seconds + parts[1].wall.seconds
        let speed = Self.ratio(Double(operations.encoder + operations.decoder) / 1e9, seconds)
        return Self.ratio(speed, ceilings.gflops)
    }

    /// Bytes of weights that one evaluation of the head reads.
    package var headByteCount: Int { modelOperations.headEvaluationWeights * engine.precision.byteCount }

    /// How long memory takes to give the head its weights, if every evaluation reads them all. Not the least there is:
    /// several diffusion steps share one reading of most of them.
    package var headMemoryFloorSeconds: Double {
        Self.ratio(Double(operations.headEvaluations * headByteCount) / 1e9, ceilings.gigabytesPerSecond)
    }

    package func operations(of stage: StageTiming) -> Int {
        switch stage {
        case .structure: operations.structure.total
        case .reconstruction: operations.reconstruction.total
        case .vae: operations.vae
        case .png: 0
        }
    }

    /// Autoregressive steps, or images decoded or encoded.
    package func steps(of stage: StageTiming) -> Int {
        switch stage {
        case .structure(let work), .reconstruction(let work, _, _): work.steps
        case .vae, .png: images
        }
    }

    /// 0 over 0 is 0: a part that was not there took no time.
    package static func ratio(_ amount: Double, _ divisor: Double) -> Double {
        divisor > 0 ? amount / divisor : 0
    }
}
