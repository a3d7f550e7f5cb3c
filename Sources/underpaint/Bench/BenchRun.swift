import Compute
import GenerationAPI
import JobQueue
import Pipeline
import Sampler

/// One measured job, and what the machine gave just before it.
struct BenchRun {
    /// A part of the model, over all stages.
    struct Part {
        let name: String
        let wall: Duration
        let operations: Int

        var gflop: Double { Double(operations) / 1e9 }
        var gflops: Double { BenchRun.ratio(gflop, wall.seconds) }
    }

    let model: String
    let sampler: SamplerPreset
    let engine: Engine
    let threads: Int
    let images: Int
    let wall: Duration
    let stages: [StageTiming]
    let operations: OperationCount
    /// Weights that one evaluation of the diffusion head reads.
    let headWeights: Int
    let ceilings: MachineCeilings
    /// nil where the system does not tell.
    let peakByteCount: Int?
    /// Blocks of scratch memory that the job took from the system.
    let scratchAllocations: Int

    var gflop: Double { Double(operations.total) / 1e9 }
    var gflops: Double { Self.ratio(gflop, wall.seconds) }

    /// Encoder, decoder, head, vae.
    var parts: [Part] {
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
            Part(name: "encoder", wall: encoder, operations: operations.encoder),
            Part(name: "decoder", wall: decoder, operations: operations.decoder),
            Part(name: "head", wall: head, operations: operations.head),
            Part(name: "vae", wall: vae, operations: operations.vae),
        ]
    }

    /// GFLOP/s of encoder and decoder together over the matmul ceiling, 0...1.
    var share: Double {
        let seconds = parts[0].wall.seconds + parts[1].wall.seconds
        let speed = Self.ratio(Double(operations.encoder + operations.decoder) / 1e9, seconds)
        return Self.ratio(speed, ceilings.gflops)
    }

    /// Bytes of weights that one evaluation of the head reads.
    var headByteCount: Int { headWeights * engine.precision.byteCount }

    /// The shortest time in which memory gives the head its weights, over all its evaluations.
    var headMemoryFloorSeconds: Double {
        Self.ratio(Double(operations.headEvaluations * headByteCount) / 1e9, ceilings.gigabytesPerSecond)
    }

    func operations(of stage: StageTiming) -> Int {
        switch stage {
        case .structure: operations.structure.total
        case .reconstruction: operations.reconstruction.total
        case .vae: operations.vae
        case .png: 0
        }
    }

    /// Autoregressive steps, or images decoded or encoded.
    func steps(of stage: StageTiming) -> Int {
        switch stage {
        case .structure(let work), .reconstruction(let work, _, _): work.steps
        case .vae, .png: images
        }
    }

    /// 0 over 0 is 0: a part that was not there took no time.
    static func ratio(_ amount: Double, _ divisor: Double) -> Double {
        divisor > 0 ? amount / divisor : 0
    }
}
