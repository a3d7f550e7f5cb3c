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
        timeExpand = try reader.linear(net + "time_embed.mlp.0", inputs: Self.frequencyCount, outputs: width)
        timeContract = try reader.linear(net + "time_embed.mlp.2", inputs: width, outputs: width)
        conditionEmbedding = try reader.linear(
            net + "cond_embed", inputs: configuration.decoder.width, outputs: width)
        inputProjection = try reader.linear(net + "input_proj", inputs: latentChannels, outputs: width)
        blocks = try (0..<configuration.diffusionHead.depth).map { index in
            let name = net + "res_blocks.\(index)."
            return Block(
                norm: try reader.norm(name + "in_ln", width: width),
                expand: try reader.linear(name + "mlp.0", inputs: width, outputs: width, at: .block),
                contract: try reader.linear(name + "mlp.2", inputs: width, outputs: width, at: .block),
                modulation: try reader.linear(
                    name + "adaLN_modulation.1", inputs: width, outputs: 3 * width, at: .block))
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
        let sinusoids = backend.makeTensor(
            timesteps.flatMap { timestep in
                let angles = frequencies.map { Float(timestep) * $0 }
                return angles.map { cos($0) } + angles.map { sin($0) }
            }, images: timesteps.count, rows: 1, columns: Self.frequencyCount)
        let hidden = backend.linear(sinusoids, timeExpand, activation: .silu, as: .operand)
        let embeddings = backend.linear(hidden, timeContract)
        return timesteps.indices.map { embeddings.images($0..<$0 + 1) }
    }

    /// The part of the network's input that stays the same over a token's diffusion steps.
    /// - Parameter z: conditions, [B, R, D].
    /// - Returns: [B, R, W].
    package func embed(conditions z: Tensor, on backend: any Backend) -> Tensor {
        backend.linear(z, conditionEmbedding)
    }

    /// What the timesteps and conditions do to the network, for several diffusion steps at once: it does not depend on x, and
    /// makes up most of the weights, which are so read once for all these steps.
    /// - Parameters:
    ///   - times: embeddings of the timesteps, [1, 1, W] each.
    ///   - conditions: embedded conditions, [B, R, W].
    /// - Returns: one modulation per timestep.
    package func modulate(times: ArraySlice<Tensor>, conditions: Tensor, on backend: any Backend) -> [HeadModulation] {
        let images = conditions.images
        let y = backend.siluOfSums(conditions, times)  // [T B, R, W]
        let ofBlocks = backend.blockOperand(y)
        let layers = blocks.map { backend.linear(ofBlocks, $0.modulation) } + [backend.linear(y, finalModulation)]
        return times.indices.map { index in
            let step = index - times.startIndex
            return HeadModulation(layers: layers.map { $0.images(step * images..<(step + 1) * images) })
        }
    }

    /// One evaluation of the network.
    /// - Parameters:
    ///   - x: noisy latents, [B, R, C].
    ///   - modulation: of this timestep and these rows' conditions.
    /// - Returns: eps and v of each row, [B, R, 2 C].
    package func evaluate(_ x: Tensor, _ modulation: HeadModulation, on backend: any Backend) -> Tensor {
        let hidden = backend.linear(x, inputProjection)  // [B, R, W]
        for (block, modulation) in zip(blocks, modulation.layers) {
            let normal = backend.modulatedLayerNorm(
                hidden, block.norm, modulation: modulation, epsilon: Self.normEpsilon, as: .blockOperand)
            let inner = backend.linear(normal, block.expand, activation: .silu, as: .blockOperand)
            backend.addGated(inner, block.contract, modulation: modulation, to: hidden)
        }
        let normal = backend.modulatedLayerNorm(
            hidden, nil, modulation: modulation.layers[blocks.count], epsilon: Self.normEpsilon, as: .operand)
        return backend.linear(normal, finalProjection)
    }
}

/// What one timestep and the conditions do to the diffusion head's layers.
package struct HeadModulation {
    /// Shift, scale and gate of each block, [B, R, 3 W]; then shift and scale of the final layer, [B, R, 2 W].
    fileprivate let layers: [Tensor]
}
