package import Compute

/// MAR's decoder (arXiv 2406.11838, section 4.2): the encoder's output with mask tokens in the unknown places.
package struct TransformerDecoder: Sendable {
    private let tokenCount: Int
    private let bufferTokens: Int
    private let width: Int
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
        self.width = width
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
        let (images, halves) = (canvas.images, canvas.halves)
        let (length, slots) = (bufferTokens + canvas.knownCount, bufferTokens + tokenCount)
        let embedded = backend.makeTensor(images: images, rows: halves * length, columns: width)
        backend.linear(encoded, embedding, activation: .identity, accumulate: false, into: embedded)

        let x = backend.makeTensor(images: images, rows: halves * slots, columns: width)  // [B, S (P + L), D]
        backend.gather(maskToken, rows: Array(repeating: 0, count: x.totalRows), into: x)
        var targets: [Int] = []
        for sequence in 0..<images * halves {
            targets += (0..<bufferTokens).map { sequence * slots + $0 }
            targets += canvas.known[sequence / halves].map { sequence * slots + bufferTokens + $0 }
        }
        backend.copyRows(embedded, from: Array(0..<targets.count), to: targets, into: x)
        backend.addRows(positions, rows: (0..<x.totalRows).map { $0 % slots }, into: x)
        // The last block computes keys and values of every token, all else only of those that are asked for.
        for block in blocks.dropLast() { block.apply(x, sequences: halves, on: backend) }

        let rows = (0..<images * halves).flatMap { sequence in
            wanted[sequence / halves].map { sequence * slots + bufferTokens + $0 }
        }
        let chosen = blocks[blocks.count - 1].apply(x, onlyRows: rows, sequences: halves, on: backend)  // [B, S n, D]
        let z = backend.makeTensor(images: images, rows: chosen.rows, columns: width)
        backend.layerNorm(chosen, norm, epsilon: TransformerBlock.normEpsilon, into: z)
        backend.addRows(
            conditionPositions, rows: wanted.flatMap { Array(repeatElement($0, count: halves).joined()) }, into: z)
        return z
    }
}
