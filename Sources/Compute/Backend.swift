/// What a linear layer does to its result.
package enum Activation: Sendable {
    case identity
    /// x * Phi(x), with the exact error function.
    case gelu
    /// x * sigmoid(x).
    case silu
}

/// The coarse operations a MAR model is made of.
///
/// One instance belongs to one worker: it owns the worker's threads and scratch memory. Parameters made by one instance
/// serve every instance of the same kind. `ReferenceBackend` is the oracle; any other backend is a speed-up that the
/// contract suite holds to it. Inputs and outputs of an operation never overlap unless its comment says so.
package protocol Backend: AnyObject {
    var kind: BackendKind { get }

    // MARK: Memory

    /// Uninitialised scratch memory, [images, rows, columns].
    func makeTensor(images: Int, rows: Int, columns: Int) -> Tensor
    func write(_ values: [Float], to tensor: Tensor)
    func read(_ tensor: Tensor) -> [Float]

    func makeParameter(_ values: [Float], rows: Int, columns: Int) -> Parameter
    /// - Parameters:
    ///   - weight: [outputs, inputs], row-major.
    ///   - bias: [outputs].
    func makeLinear(weight: [Float], bias: [Float], inputs: Int, outputs: Int) -> LinearParameters
    /// - Parameters:
    ///   - weight: [outputs, inputs, 3, 3], row-major.
    ///   - bias: [outputs].
    func makeConvolution(weight: [Float], bias: [Float], inputs: Int, outputs: Int) -> ConvolutionParameters

    // MARK: Rows

    /// output[b, r] = (table row `indices[b * rows + r]`) for every row.
    func gather(_ table: Parameter, rows indices: [Int], into output: Tensor)
    /// output row `to[n]` = input row `from[n]`; rows are counted over all images. Other rows keep their values.
    func copyRows(_ input: Tensor, from: [Int], to: [Int], into output: Tensor)
    /// output[b, r] += (table row `indices[b * rows + r]`) for every row.
    func addRows(_ table: Parameter, rows indices: [Int], into output: Tensor)

    // MARK: Layers

    /// output = activation(input W^T + b), or output += input W^T + b if `accumulate` (then without activation).
    /// [B, R, inputs] -> [B, R, outputs].
    func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, accumulate: Bool, into output: Tensor)
    /// Layer norm over the columns with scale and shift. [B, R, D] -> [B, R, D].
    func layerNorm(_ input: Tensor, _ parameters: NormParameters, epsilon: Float, into output: Tensor)
    /// LN(input) * (1 + scale) + shift, with shift and scale the first and second D columns of `modulation`.
    /// - Parameters:
    ///   - parameters: scale and shift of the norm itself; nil: a norm without affine part.
    ///   - modulation: [B, R, n * D], n >= 2.
    func modulatedLayerNorm(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor, epsilon: Float, into output: Tensor)
    /// output += gate * input, with gate the third D columns of `modulation` [B, R, 3 D].
    func addGated(_ input: Tensor, modulation: Tensor, into output: Tensor)
    /// output = silu(input + row 0 of `shift`), the same row added everywhere; `shift` is [1, 1, D].
    func siluOfSum(_ input: Tensor, _ shift: Tensor, into output: Tensor)
    /// softmax(q k^T / sqrt(d)) v inside each sequence and head.
    /// - Parameters:
    ///   - qkv: [B, sequences * N, 3 D]: queries, keys, values, each of `heads` heads of width d = D / heads.
    ///   - sequences: sequences of each image; they do not see each other.
    ///   - output: [B, sequences * N, D].
    func attention(qkv: Tensor, heads: Int, sequences: Int, into output: Tensor)

    // MARK: Images, channels last: [B, height * width, channels]

    /// Group norm over the pixels and the channels of each group, then x * sigmoid(x) if `silu`.
    func groupNorm(
        _ input: Tensor, _ parameters: NormParameters, groups: Int, epsilon: Float, silu: Bool, into output: Tensor)
    /// 3 x 3 convolution, padding 1; output += ... if `accumulate`.
    func convolution(
        _ input: Tensor, _ parameters: ConvolutionParameters, width: Int, accumulate: Bool, into output: Tensor)
    /// Nearest-neighbour upsampling by 2. [B, h * w, C] -> [B, 2h * 2w, C].
    func upsample(_ input: Tensor, width: Int, into output: Tensor)
}

/// Which implementation computes.
package enum BackendKind: String, Sendable, CaseIterable {
    case reference
    case openblas

    /// - Parameter threads: threads that one call may use, the caller's own included; at least 1.
    package func makeBackend(threads: Int) -> any Backend {
        switch self {
        case .reference: ReferenceBackend()
        case .openblas: OpenBLASBackend(threads: threads)
        }
    }
}
