package import Compute
import Foundation

/// The per-token diffusion network: an MLP with adaptive layer norm (`SimpleMLPAdaLN` of arXiv 2406.11838, section 4.1).
package struct DiffusionHead: Sendable {
    /// Sinusoids of the timestep embedding.
    package static let frequencyCount = 256
    private static let normEpsilon: Float = 1e-6

    private struct Block {
        let norm: NormParameters
        let expand: LinearParameters
        let contract: LinearParameters
        let modulation: LinearParameters
    }

    /// C.
    package let latentChannels: Int
    private let width: Int
    private let timeExpand: LinearParameters
    private let timeContract: LinearParameters
    private let conditionEmbedding: LinearParameters
    private let inputProjection: LinearParameters
    private let blocks: [Block]
    private let finalModulation: LinearParameters
    private let finalProjection: LinearParameters

    init(_ configuration: ModelConfiguration, from reader: WeightReader) throws {
        let net = "mar.diffloss.net."
        let width = configuration.diffusionHead.width
        latentChannels = configuration.latentChannels
        self.width = width
        timeExpand = try reader.linear(net + "time_embed.mlp.0", inputs: Self.frequencyCount, outputs: width)
        timeContract = try reader.linear(net + "time_embed.mlp.2", inputs: width, outputs: width)
        conditionEmbedding = try reader.linear(
            net + "cond_embed", inputs: configuration.decoder.width, outputs: width)
        inputProjection = try reader.linear(net + "input_proj", inputs: latentChannels, outputs: width)
        blocks = try (0..<configuration.diffusionHead.depth).map { index in
            let name = net + "res_blocks.\(index)."
            return Block(
                norm: try reader.norm(name + "in_ln", width: width),
                expand: try reader.linear(name + "mlp.0", inputs: width, outputs: width),
                contract: try reader.linear(name + "mlp.2", inputs: width, outputs: width),
                modulation: try reader.linear(name + "adaLN_modulation.1", inputs: width, outputs: 3 * width))
        }
        finalModulation = try reader.linear(
            net + "final_layer.adaLN_modulation.1", inputs: width, outputs: 2 * width)
        finalProjection = try reader.linear(net + "final_layer.linear", inputs: width, outputs: 2 * latentChannels)
    }

    /// Embeddings of timesteps, to be made once per schedule.
    /// - Parameter timesteps: 0...999, one per diffusion step.
    /// - Returns: one [1, 1, W] per timestep.
    package func embed(timesteps: [Int], on backend: any Backend) -> [Tensor] {
        let half = Self.frequencyCount / 2
        // In fp32 throughout, as the reference does: at t = 999 a last bit of the frequency is 1e-4 of an angle.
        let frequencies = (0..<half).map { exp(Float(-log(10_000.0)) * Float($0) / Float(half)) }
        return timesteps.map { timestep in
            let angles = frequencies.map { Float(timestep) * $0 }
            let sinusoids = backend.makeTensor(images: 1, rows: 1, columns: Self.frequencyCount)
            let hidden = backend.makeTensor(images: 1, rows: 1, columns: width)
            let embedding = backend.makeTensor(images: 1, rows: 1, columns: width)
            backend.write(angles.map { cos($0) } + angles.map { sin($0) }, to: sinusoids)
            backend.linear(sinusoids, timeExpand, activation: .silu, accumulate: false, into: hidden)
            backend.linear(hidden, timeContract, activation: .identity, accumulate: false, into: embedding)
            return embedding
        }
    }

    /// The part of the network's input that stays the same over a token's diffusion steps.
    /// - Parameter z: conditions, [B, R, D].
    /// - Returns: [B, R, W].
    package func embed(conditions z: Tensor, on backend: any Backend) -> Tensor {
        let embedded = backend.makeTensor(images: z.images, rows: z.rows, columns: width)
        backend.linear(z, conditionEmbedding, activation: .identity, accumulate: false, into: embedded)
        return embedded
    }

    /// One evaluation of the network.
    /// - Parameters:
    ///   - x: noisy latents, [B, R, C].
    ///   - time: embedding of the timestep, the same for all rows, [1, 1, W].
    ///   - conditions: embedded conditions, [B, R, W].
    /// - Returns: eps and v of each row, [B, R, 2 C].
    package func evaluate(_ x: Tensor, time: Tensor, conditions: Tensor, on backend: any Backend) -> Tensor {
        let (images, rows) = (x.images, x.rows)
        func scratch(_ columns: Int) -> Tensor { backend.makeTensor(images: images, rows: rows, columns: columns) }
        let y = scratch(width)  // SiLU of time + condition, [B, R, W]
        let hidden = scratch(width)
        let (normal, inner) = (scratch(width), scratch(width))
        let modulation = scratch(3 * width)
        backend.siluOfSum(conditions, time, into: y)
        backend.linear(x, inputProjection, activation: .identity, accumulate: false, into: hidden)
        for block in blocks {
            backend.linear(y, block.modulation, activation: .identity, accumulate: false, into: modulation)
            backend.modulatedLayerNorm(
                hidden, block.norm, modulation: modulation, epsilon: Self.normEpsilon, into: normal)
            backend.linear(normal, block.expand, activation: .silu, accumulate: false, into: inner)
            backend.linear(inner, block.contract, activation: .identity, accumulate: false, into: normal)
            backend.addGated(normal, modulation: modulation, into: hidden)
        }
        let finalShift = scratch(2 * width)
        let output = scratch(2 * latentChannels)
        backend.linear(y, finalModulation, activation: .identity, accumulate: false, into: finalShift)
        backend.modulatedLayerNorm(hidden, nil, modulation: finalShift, epsilon: Self.normEpsilon, into: normal)
        backend.linear(normal, finalProjection, activation: .identity, accumulate: false, into: output)
        return output
    }
}
