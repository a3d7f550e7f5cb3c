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
/// serve every instance of the same engine. `ReferenceBackend` is the oracle; any other backend is a speed-up that the
/// contract suite holds to it. Inputs and outputs of an operation never overlap unless its comment says so.
///
/// A tensor is fp32 unless it was made as an *operand*: what linear layers, convolutions and attention read next. A
/// backend that multiplies in bf16 keeps operands in bf16. Every operation writes operands where its comment says so, and
/// linear layers take both.
package protocol Backend: AnyObject {
    /// Of operands and weights.
    var precision: Precision { get }
    /// Blocks of scratch memory taken from the system so far. Once a job of the same shape has run, it stands still.
    var scratchAllocations: Int { get }
    /// How many parts of rows that do not depend on each other this backend can compute at the same time, one per thread.
    /// 1 where a row's result depends on the rows beside it: which rows are a part would change the result.
    var parallelParts: Int { get }

    /// Runs `body` once for every part 0..<`parts`, all at the same time, each with a backend of one thread. The parts may
    /// share parameters, and tensors that none of them changes.
    /// - Parameter parts: at most `parallelParts`.
    func inParallel(parts: Int, _ body: (_ part: Int, _ backend: any Backend) -> Void)

    // MARK: Memory

    /// Uninitialised scratch memory in fp32, [images, rows, columns].
    func makeTensor(images: Int, rows: Int, columns: Int) -> Tensor
    /// Uninitialised scratch memory in `precision`, [images, rows, columns].
    func makeOperand(images: Int, rows: Int, columns: Int) -> Tensor
    /// - Parameter tensor: fp32.
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

    // MARK: Rows, fp32

    /// output[b, r] = (table row `indices[b * rows + r]`) for every row.
    func gather(_ table: Parameter, rows indices: [Int], into output: Tensor)
    /// output row `to[n]` = input row `from[n]`; rows are counted over all images. Other rows keep their values. Input
    /// and output may both be operands.
    func copyRows(_ input: Tensor, from: [Int], to: [Int], into output: Tensor)
    /// output[b, r] += (table row `indices[b * rows + r]`) for every row.
    func addRows(_ table: Parameter, rows indices: [Int], into output: Tensor)

    // MARK: Layers

    /// output = activation(input W^T + b), or output += input W^T + b if `accumulate` (then without activation).
    /// [B, R, inputs] -> [B, R, outputs], fp32 or, without `accumulate`, an operand.
    func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, accumulate: Bool, into output: Tensor)
    /// output += gate * (input W^T + b), with gate the third D columns of `modulation` [B, R, 3 D]. fp32.
    func gatedLinear(_ input: Tensor, _ parameters: LinearParameters, modulation: Tensor, into output: Tensor)
    /// Layer norm over the columns with scale and shift. [B, R, D] -> [B, R, D], fp32 or an operand.
    func layerNorm(_ input: Tensor, _ parameters: NormParameters, epsilon: Float, into output: Tensor)
    /// LN(input) * (1 + scale) + shift, with shift and scale the first and second D columns of `modulation`; fp32 or an
    /// operand.
    /// - Parameters:
    ///   - parameters: scale and shift of the norm itself; nil: a norm without affine part.
    ///   - modulation: [B, R, n * D], n >= 2.
    func modulatedLayerNorm(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor, epsilon: Float, into output: Tensor)
    /// output = silu(input + row 0 of `shift`), the same row added everywhere; `shift` is [1, 1, D]. fp32 or an operand.
    func siluOfSum(_ input: Tensor, _ shift: Tensor, into output: Tensor)
    /// softmax(q k^T / sqrt(d)) v inside each sequence and head. All three are operands.
    /// - Parameters:
    ///   - queries: [B, sequences * n, D], of `heads` heads of width d = D / heads.
    ///   - keysValues: [B, sequences * N, 2 D]: keys, then values.
    ///   - sequences: sequences of each image; they do not see each other.
    ///   - output: [B, sequences * n, D].
    func attention(queries: Tensor, keysValues: Tensor, heads: Int, sequences: Int, into output: Tensor)

    // MARK: Images, channels last: [B, height * width, channels]

    /// Group norm over the pixels and the channels of each group, then x * sigmoid(x) if `silu`. fp32 or an operand.
    func groupNorm(
        _ input: Tensor, _ parameters: NormParameters, groups: Int, epsilon: Float, silu: Bool, into output: Tensor)
    /// 3 x 3 convolution, padding 1, of the input with every pixel repeated `scale` x `scale` times (nearest-neighbour
    /// upsampling); output += ... if `accumulate`. [B, h w, inputs], an operand -> [B, scale h * scale w, outputs], fp32.
    /// - Parameters:
    ///   - width: of the input.
    ///   - scale: 1 or 2.
    func convolution(
        _ input: Tensor, _ parameters: ConvolutionParameters, width: Int, scale: Int, accumulate: Bool,
        into output: Tensor)
    /// output = input, as an operand.
    func convert(_ input: Tensor, into output: Tensor)
}

extension Backend {
    package var parallelParts: Int { 1 }

    package func inParallel(parts: Int, _ body: (_ part: Int, _ backend: any Backend) -> Void) {
        precondition(parts == 1, "one part at a time")
        body(0, self)
    }
}
