package import Compute

/// MAR's decoder (arXiv 2406.11838, section 4.2): the encoder's output with mask tokens in the unknown places.
package struct TransformerDecoder: Sendable {
    private let tokenCount: Int
    private let bufferTokens: Int
    private let embedding: LinearParameters  // decoder_embed
    private let maskToken: Parameter  // mask_token, [1, D]
    private let positions: Parameter  // decoder_pos_embed_learned, [P + L, D]
    private let blocks: [TransformerBlock]
    private let norm: NormParameters  // decoder_norm
    private let conditionPositions: Parameter  // diffusion_pos_embed_learned, [L, D]

    init(_ configuration: ModelConfiguration, from reader: WeightReader) throws {
        let width = configuration.decoder.width
        tokenCount = configuration.tokenCount
        bufferTokens = configuration.bufferTokens
        embedding = try reader.linear("mar.decoder_embed", inputs: configuration.encoder.width, outputs: width)
        maskToken = try reader.table([("mar.mask_token", [1, 1, width])], columns: width)
        positions = try reader.table(
            [("mar.decoder_pos_embed_learned", [1, bufferTokens + tokenCount, width])], columns: width)
        blocks = try (0..<configuration.decoder.depth).map {
            try TransformerBlock(
                "mar.decoder_blocks.\($0)", width: width, heads: configuration.decoder.heads,
                mlpRatio: configuration.mlpRatio, from: reader)
        }
        norm = try reader.norm("mar.decoder_norm", width: width)
        conditionPositions = try reader.table(
            [("mar.diffusion_pos_embed_learned", [1, tokenCount, width])], columns: width)
    }

    /// - Parameters:
    ///   - encoded: what the encoder made of `canvas`, [B, halves * (P + N), D].
    ///   - wanted: tokens whose conditions are asked for, n per image. [B][n]
    /// - Returns: z, the condition of each wanted token, [B, halves * n, D].
    package func decode(_ encoded: Tensor, of canvas: Canvas, wanted: [[Int]], on backend: any Backend) -> Tensor {
        let (images, halves, slots) = (canvas.images, canvas.halves, bufferTokens + tokenCount)
        let embedded = backend.linear(encoded, embedding)  // [B, S (P + N), D]
        let masked = Array(repeating: 0, count: images * halves * slots)
        let x = backend.gather(maskToken, rows: masked, images: images)  // [B, S (P + L), D]
        let targets = canvas.decoderRows(bufferTokens: bufferTokens, tokenCount: tokenCount)
        backend.copyRows(embedded, from: Array(targets.indices), to: targets, of: x)
        backend.add(positions, rows: masked.indices.map { $0 % slots }, to: x)
        // The last block computes keys and values of every token, all else only of those that are asked for.
        for block in blocks.dropLast() { block.apply(x, sequences: halves, on: backend) }
        let rows = canvas.rows(of: wanted, bufferTokens: bufferTokens, tokenCount: tokenCount)
        let chosen = blocks[blocks.count - 1].apply(x, onlyRows: rows, sequences: halves, on: backend)  // [B, S n, D]
        let z = backend.layerNorm(chosen, norm, epsilon: TransformerBlock.normEpsilon, as: .numbers)
        backend.add(conditionPositions, rows: canvas.tokens(of: wanted), to: z)
        return z
    }
}
