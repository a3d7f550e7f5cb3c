import Checkpoint

/// Reads a model's dimensions off the shapes of its tensors.
///
/// Only what the shapes cannot say comes from elsewhere: the number of heads, which the published sizes have in common
/// with their width, and the scaling of the latents, which is that of KL-16.
struct ArchitectureReader {
    /// Of the published KL-16.
    private static let scaling = 0.2325

    /// The MAR weights: names without prefix, as in the official checkpoint.
    let mar: [String: [Int]]
    let marFile: String
    /// The autoencoder's, likewise.
    let vae: [String: [Int]]
    let vaeFile: String

    /// Dimensions; the name, the classes and the settings are left for the caller.
    /// - Parameter heads: of the encoder and of the decoder; nil: those of the published size with this width.
    /// - Throws: `CheckpointError` if tensors that tell the dimensions are missing or contradict each other.
    func configuration(
        name: String, heads: (encoder: Int, decoder: Int)?
    ) throws(CheckpointError) -> ModelConfiguration {
        let classes = try mar("class_emb.weight", dimensions: 2)
        let tokens = try mar("z_proj.weight", dimensions: 2)
        let slots = try mar("encoder_pos_embed_learned", dimensions: 3)[1]
        let grid = try mar("diffusion_pos_embed_learned", dimensions: 3)
        let head = try mar("diffloss.net.input_proj.weight", dimensions: 2)
        let mlp = try mar("encoder_blocks.0.mlp.fc1.weight", dimensions: 2)
        let (width, decoderWidth, channels) = (classes[1], grid[2], tokens[1])
        let side = Int(Double(grid[1]).squareRoot().rounded())
        guard side * side == grid[1], side > 0 else {
            throw .invalidConfiguration(
                file: marFile, reason: "diffusion_pos_embed_learned has \(grid[1]) tokens, which is no square grid")
        }
        guard width > 0, mlp[0] % width == 0 else {
            throw .invalidConfiguration(
                file: marFile, reason: "encoder_blocks.0.mlp.fc1.weight has shape \(mlp) in an encoder \(width) wide")
        }
        let autoencoder = try autoencoder()
        let latents = try vae("post_quant_conv.weight", dimensions: 4)[1]
        guard latents == channels else {
            throw .invalidConfiguration(
                file: marFile,
                reason: "its tokens have \(channels) numbers, the latents of \(vaeFile) \(latents) "
                    + "(tokens of several latents, a patch_size above 1, are not supported)")
        }
        guard (1...100_000).contains(classes[0]) else {
            throw .invalidConfiguration(file: marFile, reason: "class_emb.weight has \(classes[0]) classes")
        }
        let encoderHeads = if let heads { heads.encoder } else { try knownHeads(width: width) }
        let decoderHeads = if let heads { heads.decoder } else { try knownHeads(width: decoderWidth) }
        return ModelConfiguration(
            format: 1, name: name, grid: .init(height: side, width: side), latentChannels: channels,
            encoder: .init(
                width: width, depth: Self.count("encoder_blocks.", in: mar),
                heads: encoderHeads),
            decoder: .init(
                width: decoderWidth, depth: Self.count("decoder_blocks.", in: mar),
                heads: decoderHeads),
            mlpRatio: mlp[0] / width, bufferTokens: slots - grid[1],
            diffusionHead: .init(width: head[0], depth: Self.count("diffloss.net.res_blocks.", in: mar)),
            vae: autoencoder, classes: (0..<classes[0]).map { .init(id: $0, name: "class \($0)") },
            defaults: .init(sampler: "gtr-16", guidance: 3.0, guidanceSchedule: "linear", temperature: 1))
    }

    private func autoencoder() throws(CheckpointError) -> ModelConfiguration.VAE {
        let levels = Self.count("decoder.up.", in: vae)
        guard levels > 0 else { throw .missingTensors(file: vaeFile, tensors: ["decoder.up.0.block.0.conv1.weight"]) }
        var widths: [Int] = []
        for level in 0..<levels { widths.append(try vae("decoder.up.\(level).block.0.conv2.weight", dimensions: 4)[0]) }
        guard let finest = widths.first, widths.allSatisfy({ $0 > 0 }) else {
            throw .invalidConfiguration(file: vaeFile, reason: "a decoder of widths \(widths)")
        }
        // Only the products of channels and multipliers matter; the first multiplier is 1 wherever it can be.
        let channels = widths.allSatisfy { $0 % finest == 0 } ? finest : widths.reduce(0, Self.greatestCommonDivisor)
        return ModelConfiguration.VAE(
            channels: channels, channelMultipliers: widths.map { $0 / channels },
            residualBlocks: Self.count("decoder.up.0.block.", in: vae) - 1,
            outputChannels: try vae("decoder.conv_out.weight", dimensions: 4)[0], scaling: Self.scaling)
    }

    private func knownHeads(width: Int) throws(CheckpointError) -> Int {
        let published = ModelShape.published.map(\.configuration.encoder)
        guard let known = published.first(where: { $0.width == width }) else {
            throw .invalidConfiguration(
                file: marFile,
                reason: "the number of heads of a model \(width) wide is not known; give it with --heads")
        }
        return known.heads
    }

    private func mar(_ name: String, dimensions: Int) throws(CheckpointError) -> [Int] {
        try Self.shape(name, dimensions, in: mar, file: marFile)
    }

    private func vae(_ name: String, dimensions: Int) throws(CheckpointError) -> [Int] {
        try Self.shape(name, dimensions, in: vae, file: vaeFile)
    }

    private static func shape(
        _ name: String, _ dimensions: Int, in shapes: [String: [Int]], file: String
    ) throws(CheckpointError) -> [Int] {
        guard let shape = shapes[name] else { throw .missingTensors(file: file, tensors: [name]) }
        guard shape.count == dimensions, shape.allSatisfy({ (0...(1 << 32)).contains($0) }) else {
            throw .malformedTensor(
                file: file, tensor: name, reason: "shape \(shape), expected \(dimensions) dimensions")
        }
        return shape
    }

    /// How many numbers follow a prefix in the names. Not the highest of them: a gap shows as missing tensors.
    private static func count(_ prefix: String, in shapes: [String: [Int]]) -> Int {
        var numbers: Set<Substring> = []
        for name in shapes.keys where name.hasPrefix(prefix) {
            numbers.insert(name.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber })
        }
        return numbers.count
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        a == 0 ? b : greatestCommonDivisor(b % a, a)
    }
}
