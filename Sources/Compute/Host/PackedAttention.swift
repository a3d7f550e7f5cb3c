#if arch(x86_64)
internal import CKernels

/// A backend whose attention is that of `CKernels` on packed operands, in the precision of operands.
///
/// Heads are independent of each other: threads only decide who computes which.
protocol PackedAttention: KernelBackend {
    var tile: PackedTile { get }
}

extension PackedAttention {
    package func attention(
        queries: Tensor, keysValues: Tensor, heads: Int, sequences: Int
    ) -> Tensor {
        let shape = AttentionShape(queries, keysValues, heads: heads, sequences: sequences)
        precondition([queries, keysValues].allSatisfy { $0.precision == operandPrecision }, "operands")
        let output = makeTensor(images: queries.images, rows: queries.rows, columns: queries.columns, as: .operand)
        let (width, size) = (shape.width, operandPrecision.byteCount)
        let first = unsafe uk_head(
            tile: tile.kernel, element: operandPrecision.element, q: queries.address, k: keysValues.address,
            v: keysValues.address + width * size, q_stride: width, k_stride: 2 * width, v_stride: 2 * width,
            queries: shape.queries, keys: shape.keys, width: shape.headWidth,
            scale: 1 / Float(shape.headWidth).squareRoot(), y: output.address, y_stride: width)
        let scratchSize = unsafe withUnsafePointer(to: first) { unsafe uk_attention_scratch($0) }
        unsafe withScratch(byteCount: team.threadCount * scratchSize) { scratch in
            team.run(chunks: shape.sequences * heads, work: shape.work) { chunk, thread in
                let (sequence, index) = chunk.quotientAndRemainder(dividingBy: heads)
                let toQueries = (sequence * shape.queries * width + index * shape.headWidth) * size
                let toKeys = (sequence * shape.keys * 2 * width + index * shape.headWidth) * size
                var head = unsafe first
                unsafe head.q += toQueries
                unsafe head.k += toKeys
                unsafe head.v += toKeys
                unsafe head.y += toQueries
                unsafe withUnsafePointer(to: head) { unsafe uk_attention($0, scratch + thread * scratchSize) }
            }
        }
        return output
    }
}
#endif
