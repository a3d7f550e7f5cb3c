package import Compute

/// MAR's encoder (arXiv 2406.11838, section 4.2): P buffer tokens that carry the class, and the known tokens.
package struct TransformerEncoder: Sendable {
    private let latentChannels: Int
    private let bufferTokens: Int
    private let width: Int
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
        self.width = width
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
        let (images, halves, known) = (canvas.images, canvas.halves, canvas.knownCount)
        let length = bufferTokens + known
        let slots = (0..<images).flatMap { image in
            repeatElement(
                Array(0..<bufferTokens) + canvas.known[image].map { bufferTokens + $0 }, count: halves
            ).joined()
        }
        let x = backend.makeTensor(images: images, rows: halves * length, columns: width)  // [B, S (P + N), D]
        let rows = canvas.classRows.flatMap { $0.flatMap { repeatElement($0, count: length) } }
        backend.gather(classes, rows: rows, into: x)
        if known > 0 {
            let latents = backend.makeTensor(images: images, rows: known, columns: latentChannels)  // [B, N, C]
            let tokens = backend.makeTensor(images: images, rows: known, columns: width)  // [B, N, D]
            backend.write(canvas.latents, to: latents)
            backend.linear(latents, tokenProjection, activation: .identity, accumulate: false, into: tokens)
            var (from, to): ([Int], [Int]) = ([], [])
            for sequence in 0..<images * halves {
                from += (0..<known).map { sequence / halves * known + $0 }
                to += (0..<known).map { sequence * length + bufferTokens + $0 }
            }
            backend.copyRows(tokens, from: from, to: to, into: x)
        }
        backend.addRows(positions, rows: slots, into: x)
        let encoded = backend.makeTensor(images: images, rows: x.rows, columns: width)
        backend.layerNorm(x, projectionNorm, epsilon: TransformerBlock.normEpsilon, into: encoded)
        for block in blocks { block.apply(encoded, sequences: halves, on: backend) }
        let result = backend.makeOperand(images: images, rows: x.rows, columns: width)
        backend.layerNorm(encoded, norm, epsilon: TransformerBlock.normEpsilon, into: result)
        return result
    }
}
