internal import CBLAS
internal import CKernels

/// The portable fp32 path: OpenBLAS for products, `CKernels` for everything between them.
///
/// Threads are ours, not OpenBLAS's. Work is cut by shape alone: one image's rows and a fixed share of the columns are one
/// product, whoever computes it. So neither the batch nor the thread count changes a bit of the result.
package final class OpenBLASBackend: HostBackend {
    package let kind = BackendKind.openblas
    private let team: ThreadTeam

    /// - Parameter threads: threads that one operation may use, the caller's own included.
    package init(threads: Int) {
        openblas_set_num_threads(1)
        team = ThreadTeam(threadCount: threads)
    }

    package func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, accumulate: Bool, into output: Tensor
    ) {
        precondition(input.columns == parameters.inputs && output.columns == parameters.outputs)
        precondition(input.images == output.images && input.rows == output.rows)
        precondition(!accumulate || activation == .identity, "a sum has no activation")
        let (inputs, outputs, rows) = (parameters.inputs, parameters.outputs, input.rows)
        let (x, y) = unsafe (input.host, output.host)
        let weights = parameters.storage.host
        let share = Self.columnShare(of: outputs)
        let shares = (outputs + share - 1) / share
        team.run(chunks: input.images * shares) { chunk in
            let (image, index) = chunk.quotientAndRemainder(dividingBy: shares)
            let first = index * share
            let columns = min(share, outputs - first)
            let target = unsafe y + image * rows * outputs + first
            unsafe Product.timesTransposed(
                x + image * rows * inputs, inputs, weights.weight + first * inputs, inputs, into: target, outputs,
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

    package func attention(qkv: Tensor, heads: Int, sequences: Int, into output: Tensor) {
        let (tokens, remainder) = qkv.rows.quotientAndRemainder(dividingBy: sequences)
        let width = output.columns
        precondition(remainder == 0 && qkv.columns == 3 * width && width % heads == 0)
        let headWidth = width / heads
        let (source, target) = unsafe (qkv.host, output.host)
        team.run(chunks: qkv.images * sequences * heads) { chunk in
            let (sequence, head) = chunk.quotientAndRemainder(dividingBy: heads)
            let queries = unsafe source + sequence * tokens * 3 * width + head * headWidth
            let scores = HostMemory(count: tokens * tokens)
            unsafe Product.timesTransposed(
                queries, 3 * width, queries + width, 3 * width, into: scores.base, tokens,
                rows: tokens, columns: tokens, depth: headWidth, accumulate: false)
            unsafe uk_softmax(scores.base, tokens, tokens, 1 / Float(headWidth).squareRoot())
            unsafe Product.times(
                scores.base, tokens, queries + 2 * width, 3 * width,
                into: target + sequence * tokens * width + head * headWidth, width,
                rows: tokens, columns: headWidth, depth: tokens)
        }
    }

    package func convolution(
        _ input: Tensor, _ parameters: ConvolutionParameters, width: Int, accumulate: Bool, into output: Tensor
    ) {
        let (channels, outputs, pixels) = (parameters.inputs, parameters.outputs, input.rows)
        precondition(input.columns == channels && output.columns == outputs && output.rows == pixels)
        precondition(pixels % width == 0 && output.images == input.images)
        let (x, y) = unsafe (input.host, output.host)
        let weights = parameters.storage.host
        let strip = 256
        let strips = (pixels + strip - 1) / strip
        team.run(chunks: input.images * strips) { chunk in
            let (image, index) = chunk.quotientAndRemainder(dividingBy: strips)
            let first = index * strip
            let count = min(strip, pixels - first)
            let patches = HostMemory(count: count * 9 * channels)
            unsafe uk_patches(
                x + image * pixels * channels, patches.base, pixels / width, width, channels, first, count)
            let target = unsafe y + (image * pixels + first) * outputs
            unsafe Product.timesTransposed(
                patches.base, 9 * channels, weights.weight, 9 * channels, into: target, outputs,
                rows: count, columns: outputs, depth: 9 * channels, accumulate: accumulate)
            if let bias = unsafe weights.bias {
                unsafe uk_bias_activation(target, bias, count, outputs, outputs, UK_IDENTITY)
            }
        }
    }

    package func groupNorm(
        _ input: Tensor, _ parameters: NormParameters, groups: Int, epsilon: Float, silu: Bool, into output: Tensor
    ) {
        let (pixels, channels) = (input.rows, input.columns)
        precondition(channels % groups == 0 && output.elementCount == input.elementCount)
        let (x, y) = unsafe (input.host, output.host)
        let (scale, shift) = (parameters.scale.storage.host, parameters.shift.storage.host)
        let groupWidth = channels / groups
        team.run(chunks: input.images * groups) { chunk in
            let (image, group) = chunk.quotientAndRemainder(dividingBy: groups)
            let offset = image * pixels * channels
            unsafe uk_group_norm(
                x + offset, y + offset, pixels, channels, group * groupWidth, groupWidth, scale.weight, shift.weight,
                epsilon, silu ? 1 : 0)
        }
    }
}

// The row-wise passes take microseconds: they stay on the calling thread.
extension OpenBLASBackend {
    package func layerNorm(_ input: Tensor, _ parameters: NormParameters, epsilon: Float, into output: Tensor) {
        precondition(input.elementCount == output.elementCount && input.columns == parameters.scale.columns)
        unsafe uk_layer_norm(
            input.host, output.host, input.totalRows, input.columns, parameters.scale.storage.host.weight,
            parameters.shift.storage.host.weight, nil, nil, 0, epsilon)
    }

    package func modulatedLayerNorm(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor, epsilon: Float, into output: Tensor
    ) {
        let width = input.columns
        precondition(modulation.totalRows == input.totalRows && modulation.columns >= 2 * width)
        precondition(input.elementCount == output.elementCount)
        unsafe uk_layer_norm(
            input.host, output.host, input.totalRows, width, parameters?.scale.storage.host.weight,
            parameters?.shift.storage.host.weight, modulation.host + width, modulation.host, modulation.columns, epsilon)
    }

    package func addGated(_ input: Tensor, modulation: Tensor, into output: Tensor) {
        let width = input.columns
        precondition(modulation.totalRows == input.totalRows && modulation.columns == 3 * width)
        precondition(input.elementCount == output.elementCount)
        unsafe uk_add_gated(
            input.host, modulation.host + 2 * width, output.host, input.totalRows, width, modulation.columns)
    }

    package func siluOfSum(_ input: Tensor, _ shift: Tensor, into output: Tensor) {
        precondition(shift.elementCount == input.columns && input.elementCount == output.elementCount)
        unsafe uk_silu_of_sum(input.host, shift.host, output.host, input.totalRows, input.columns)
    }
}

extension Activation {
    fileprivate var kernel: uk_activation {
        switch self {
        case .identity: UK_IDENTITY
        case .gelu: UK_GELU
        case .silu: UK_SILU
        }
    }
}
