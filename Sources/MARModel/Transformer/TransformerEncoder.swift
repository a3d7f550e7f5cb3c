package import Compute

/// MAR's encoder (arXiv 2406.11838, section 4.2): P buffer tokens that carry the class, and the known tokens.
package struct TransformerEncoder: Sendable {
    private let latentChannels: Int
    private let bufferTokens: Int
    private let tokenProjection: LinearParameters  // z_proj
    private let projectionNorm: NormParameters  // z_proj_ln
    private let positions: Parameter  // encoder_pos_embed_learned, [P + L, D]
    private let classes: Parameter  // class_emb with fake_latent as its last row, [classes + 1, D]
    private let blocks: [TransformerBlock]
    private let norm: NormParameters  // encoder_norm

    init(_ configuration: ModelConfiguration, from reader: WeightReader) throws {
        let width = configuration.encoder.width
        let slots = configuration.bufferTokens + configuration.tokenCount
        latentChannels = configuration.latentChannels
        bufferTokens = configuration.bufferTokens
        tokenProjection = try reader.linear("mar.z_proj", inputs: latentChannels, outputs: width)
        projectionNorm = try reader.norm("mar.z_proj_ln", width: width)
        positions = try reader.table([("mar.encoder_pos_embed_learned", [1, slots, width])], columns: width)
        classes = try reader.table(
            [
                ("mar.class_emb.weight", [configuration.classes.count, width]),
                ("mar.fake_latent", [1, width]),
            ], columns: width)
        blocks = try (0..<configuration.encoder.depth).map {
            try TransformerBlock(
                "mar.encoder_blocks.\($0)", width: width, heads: configuration.encoder.heads,
                mlpRatio: configuration.mlpRatio, from: reader)
        }
        norm = try reader.norm("mar.encoder_norm", width: width)
    }

    /// The class table's row for "no class" (`fake_latent`).
    package var unconditionalRow: Int { classes.rows - 1 }

    /// - Returns: an operand, [B, halves * (P + N), D], each half its buffer tokens and then its known tokens.
    package func encode(_ canvas: Canvas, on backend: any Backend) -> Tensor {
        let (images, known) = (canvas.images, canvas.knownCount)
        let slots = backend.gather(
            classes, rows: canvas.classes(bufferTokens: bufferTokens), images: images)  // [B, S (P + N), D]
        if known > 0 {
            let latents = backend.makeTensor(canvas.latents, images: images, rows: known, columns: latentChannels)
            let tokens = backend.linear(latents, tokenProjection)  // [B, N, D]
            let rows = canvas.knownRows(bufferTokens: bufferTokens)
            backend.copyRows(tokens, from: rows.from, to: rows.to, of: slots)
        }
        backend.add(positions, rows: canvas.encoderSlots(bufferTokens: bufferTokens), to: slots)
        let x = backend.layerNorm(slots, projectionNorm, epsilon: TransformerBlock.normEpsilon, as: .numbers)
        for block in blocks { block.apply(x, sequences: canvas.halves, on: backend) }
        return backend.layerNorm(x, norm, epsilon: TransformerBlock.normEpsilon, as: .operand)
    }
}
