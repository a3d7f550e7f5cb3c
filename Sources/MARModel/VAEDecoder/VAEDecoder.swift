package import Compute

/// Decoder of the KL-VAE (latent diffusion's autoencoder, arXiv 2112.10752, as MAR uses it): latents to pixels.
package struct VAEDecoder: Sendable {
    private struct Level {
        let blocks: [VAEResidualBlock]
        /// Convolution after upsampling by 2; nil at the finest level.
        let upsample: ConvolutionParameters?
    }

    private let latentChannels: Int
    private let gridWidth: Int
    private let scaling: Float
    private let postQuantisation: LinearParameters
    private let input: ConvolutionParameters
    private let mid1: VAEResidualBlock
    private let midAttention: VAEAttention
    private let mid2: VAEResidualBlock
    /// From the deepest level up.
    private let levels: [Level]
    /// Columns of what the finest level holds at once: its input, the inside of a block, and its sum where that is no input.
    private let finestColumns: [Int]
    private let norm: GroupNorm
    private let output: ConvolutionParameters

    init(_ configuration: ModelConfiguration, from reader: WeightReader) throws {
        let vae = configuration.vae
        let widths = vae.channelMultipliers.map { $0 * vae.channels }
        let deepest = widths[widths.count - 1]
        let groups = vae.normGroupCount
        latentChannels = configuration.latentChannels
        gridWidth = configuration.grid.width
        scaling = Float(vae.scaling)
        postQuantisation = try reader.pointwise(
            ["vae.post_quant_conv"], inputs: latentChannels, outputs: latentChannels)
        input = try reader.convolution("vae.decoder.conv_in", inputs: latentChannels, outputs: deepest)
        mid1 = try VAEResidualBlock(
            "vae.decoder.mid.block_1", inputs: deepest, outputs: deepest, groups: groups, from: reader)
        midAttention = try VAEAttention("vae.decoder.mid.attn_1", channels: deepest, groups: groups, from: reader)
        mid2 = try VAEResidualBlock(
            "vae.decoder.mid.block_2", inputs: deepest, outputs: deepest, groups: groups, from: reader)
        levels = try widths.indices.reversed().map { level in
            let (width, name) = (widths[level], "vae.decoder.up.\(level)")
            let incoming = level + 1 < widths.count ? widths[level + 1] : deepest
            return Level(
                blocks: try (0...vae.residualBlocks).map { index in
                    try VAEResidualBlock(
                        "\(name).block.\(index)", inputs: index == 0 ? incoming : width, outputs: width, groups: groups,
                        from: reader)
                },
                upsample: level == 0
                    ? nil : try reader.convolution("\(name).upsample.conv", inputs: width, outputs: width))
        }
        let incoming = widths[min(1, widths.count - 1)]
        finestColumns = incoming == widths[0] ? [incoming, incoming] : [incoming, widths[0], widths[0]]
        norm = try reader.groupNorm("vae.decoder.norm_out", channels: widths[0], groups: groups)
        output = try reader.convolution("vae.decoder.conv_out", inputs: widths[0], outputs: vae.outputChannels)
    }

    /// - Parameter latents: one image's latents, [L, C].
    /// - Returns: pixels about -1...1, not clamped, channels last, [height * width * channels].
    package func decode(_ latents: [Float], on backend: any Backend) -> [Float] {
        let pixels = latents.count / latentChannels
        holdLargest(pixels: pixels << (2 * (levels.count - 1)), on: backend)
        let scaled = backend.makeTensor(
            latents.map { $0 / scaling }, images: 1, rows: pixels, columns: latentChannels)
        var width = gridWidth
        let quantised = backend.linear(scaled, postQuantisation)
        var x = backend.convolution(quantised, normedBy: nil, input, width: width, scale: 1)  // [1, h w, deepest]
        x = mid1.apply(x, imageWidth: width, on: backend)
        midAttention.apply(x, on: backend)
        x = mid2.apply(x, imageWidth: width, on: backend)
        for level in levels {
            for block in level.blocks { x = block.apply(x, imageWidth: width, on: backend) }
            guard let upsample = level.upsample else { continue }
            x = backend.convolution(x, normedBy: nil, upsample, width: width, scale: 2)
            width *= 2
        }
        return backend.read(backend.convolution(x, normedBy: norm, output, width: width, scale: 1))
    }

    /// Scratch memory grows to the largest tensors first: smaller ones then lie in their place, not beside them.
    private func holdLargest(pixels: Int, on backend: any Backend) {
        let tensors = finestColumns.map { backend.makeTensor(images: 1, rows: pixels, columns: $0) }
        withExtendedLifetime(tensors) {}
    }
}
