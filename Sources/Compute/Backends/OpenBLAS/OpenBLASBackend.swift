internal import CBLAS
internal import CKernels

/// The portable fp32 path: OpenBLAS for products, `CKernels` for everything between them.
///
/// Threads are ours, not OpenBLAS's. Work is cut by shape alone: one image's rows and a fixed share of the columns are one
/// product, whoever computes it. So neither the batch nor the thread count changes a bit of the result.
package final class OpenBLASBackend: RowMajorBackend, KernelBackend {
    let pool = ScratchPool()
    let team: ThreadTeam

    /// - Parameters:
    ///   - threads: most threads that one operation may use, the caller's own included.
    ///   - share: how many of them it may use at the moment; nil: all.
    package init(threads: Int, share: CoreShare? = nil) {
        openblas_set_num_threads(1)
        team = ThreadTeam(threadCount: threads, share: share)
    }

    package func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, as kind: TensorKind
    ) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: parameters.outputs)
        product(input, parameters, activation, accumulate: false, into: output)
        return output
    }

    package func add(_ input: Tensor, _ parameters: LinearParameters, to sum: Tensor) {
        product(input, parameters, .identity, accumulate: true, into: sum)
    }

    private func product(
        _ input: Tensor, _ parameters: LinearParameters, _ activation: Activation, accumulate: Bool,
        into output: Tensor
    ) {
        precondition(input.columns == parameters.inputs && output.columns == parameters.outputs)
        precondition(input.images == output.images && input.rows == output.rows)
        let (inputs, outputs, rows) = (parameters.inputs, parameters.outputs, input.rows)
        let (x, y) = unsafe (input.host, output.host)
        let weights = parameters.storage.host
        let share = Self.columnShare(of: outputs)
        let shares = outputs.dividedUp(by: share)
        team.run(chunks: input.images * shares, work: input.totalRows * inputs * outputs) { chunk, _ in
            let (image, index) = chunk.quotientAndRemainder(dividingBy: shares)
            let first = index * share
            let columns = min(share, outputs - first)
            let target = unsafe y + image * rows * outputs + first
            unsafe Product.timesTransposed(
                x + image * rows * inputs, inputs, weights.rows + first * inputs, inputs, into: target, outputs,
                rows: rows, columns: columns, depth: inputs, accumulate: accumulate)
            if let bias = unsafe weights.bias {
                unsafe uk_bias_activation(target, bias + first, rows, columns, outputs, activation.kernel)
            }
        }
    }

    /// Columns of one product: half of the layer in whole vectors, all of a narrow one.
    private static func columnShare(of columns: Int) -> Int {
        columns < 128 ? columns : (columns / 2 + 15) / 16 * 16
    }

    package func addGated(_ input: Tensor, _ parameters: LinearParameters, modulation: Tensor, to sum: Tensor) {
        let width = sum.columns
        precondition(modulation.totalRows == sum.totalRows && modulation.columns == 3 * width)
        let product = linear(input, parameters)
        precondition(product.elementCount == sum.elementCount && product.columns == width)
        unsafe uk_add_gated(
            product.host, modulation.host + 2 * width, sum.host, sum.totalRows, width, modulation.columns)
    }

    package func attention(
        queries: Tensor, keysValues: Tensor, heads: Int, sequences: Int
    ) -> Tensor {
        let shape = AttentionShape(queries, keysValues, heads: heads, sequences: sequences)
        let output = makeTensor(images: queries.images, rows: queries.rows, columns: queries.columns)
        let (q, kv, y) = unsafe (queries.host, keysValues.host, output.host)
        let (width, headWidth) = (shape.width, shape.headWidth)
        let scoreCount = shape.queries * shape.keys
        unsafe withScratch(byteCount: team.threadCount * scoreCount * MemoryLayout<Float>.stride) { scratch in
            let allScores = unsafe scratch.assumingMemoryBound(to: Float.self)
            team.run(chunks: shape.sequences * heads, work: shape.work) { chunk, thread in
                let (sequence, head) = chunk.quotientAndRemainder(dividingBy: heads)
                let scores = unsafe allScores + thread * scoreCount
                let keys = unsafe kv + sequence * shape.keys * 2 * width + head * headWidth
                unsafe Product.timesTransposed(
                    q + sequence * shape.queries * width + head * headWidth, width, keys, 2 * width, into: scores,
                    shape.keys, rows: shape.queries, columns: shape.keys, depth: headWidth, accumulate: false)
                unsafe uk_softmax(scores, shape.queries, shape.keys, 1 / Float(headWidth).squareRoot())
                unsafe Product.times(
                    scores, shape.keys, keys + width, 2 * width,
                    into: y + sequence * shape.queries * width + head * headWidth, width, rows: shape.queries,
                    columns: headWidth, depth: shape.keys)
            }
        }
        return output
    }

    package func convolution(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, scale: Int
    ) -> Tensor {
        let source = upsampled(operand(input, normedBy: norm), width: width, scale: scale)
        let output = makeTensor(images: source.images, rows: source.rows, columns: parameters.outputs)
        convolution(source, parameters, width: scale * width, accumulate: false, into: output)
        return output
    }

    package func add(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, to sum: Tensor
    ) {
        convolution(operand(input, normedBy: norm), parameters, width: width, accumulate: true, into: sum)
    }

    private func convolution(
        _ source: Tensor, _ parameters: ConvolutionParameters, width: Int, accumulate: Bool, into output: Tensor
    ) {
        let (channels, outputs, pixels) = (parameters.inputs, parameters.outputs, source.rows)
        precondition(source.columns == channels && output.columns == outputs && output.rows == pixels)
        precondition(pixels % width == 0 && output.images == source.images)
        let (x, y) = unsafe (source.host, output.host)
        let weights = parameters.storage.host
        let strip = 256
        let strips = pixels.dividedUp(by: strip)
        let patchCount = strip * 9 * channels
        unsafe withScratch(byteCount: team.threadCount * patchCount * MemoryLayout<Float>.stride) { scratch in
            let allPatches = unsafe scratch.assumingMemoryBound(to: Float.self)
            team.run(chunks: source.images * strips) { chunk, thread in
                let (image, index) = chunk.quotientAndRemainder(dividingBy: strips)
                let first = index * strip
                let count = min(strip, pixels - first)
                let patches = unsafe allPatches + thread * patchCount
                unsafe uk_patches(x + image * pixels * channels, patches, pixels / width, width, channels, first, count)
                let target = unsafe y + (image * pixels + first) * outputs
                unsafe Product.timesTransposed(
                    patches, 9 * channels, weights.rows, 9 * channels, into: target, outputs,
                    rows: count, columns: outputs, depth: 9 * channels, accumulate: accumulate)
                if let bias = unsafe weights.bias {
                    unsafe uk_bias_activation(target, bias, count, outputs, outputs, UK_IDENTITY)
                }
            }
        }
        withExtendedLifetime(source) {}
    }
}
