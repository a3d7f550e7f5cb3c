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
/// contract suite holds to it.
///
/// An operation returns a new tensor, whose shape follows from what goes in; its memory is free again when the last
/// handle is gone. The verbs that change a tensor are `add...`, `copyRows` and `denoise`: nothing else they read may be
/// that tensor.
package protocol Backend: AnyObject {
    /// Of weights, and of what they are multiplied with where the backend has no other precision for that.
    var precision: Precision { get }
    /// Blocks of scratch memory taken from the system so far. Once a job of the same shape has run, it stands still.
    var scratchAllocations: Int { get }
    /// How many parts of rows that do not depend on each other this backend can compute at the same time now, one per thread.
    /// 1 where a row's result depends on the rows beside it: which rows are a part would change the result.
    var parallelParts: Int { get }
    /// What is worth doing one way or the other on this backend.
    var thresholds: Thresholds { get }

    /// Runs a job. While it runs it has its part of the process's cores (`CoreBudget`), which changes as others begin and end.
    func withCores<Result>(_ job: () throws -> Result) rethrows -> Result
    /// Runs `body` once for every part 0..<`parts`, all at the same time, each with a backend of one thread. The parts may
    /// share parameters, and tensors that none of them changes.
    /// - Parameter parts: at most what `parallelParts` was before; where it is less by now, some wait for others.
    func inParallel(parts: Int, _ body: (_ part: Int, _ backend: any Backend) -> Void)

    // MARK: Memory

    /// Uninitialised numbers, [images, rows, columns], which `copyRows` fills.
    func makeTensor(images: Int, rows: Int, columns: Int) -> Tensor
    /// - Returns: numbers, [images, rows, columns].
    func makeTensor(_ values: [Float], images: Int, rows: Int, columns: Int) -> Tensor
    func read(_ tensor: Tensor) -> [Float]

    func makeParameter(_ values: [Float], rows: Int, columns: Int) -> Parameter
    /// - Parameters:
    ///   - weight: [outputs, inputs], row-major.
    ///   - bias: [outputs].
    ///   - place: what precision the layer can do with.
    func makeLinear(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int, at place: LayerPlace
    ) -> LinearParameters
    /// A layer whose weights are stored in 8 bits. What multiplies those takes them as they are, and computes what it would with
    /// the numbers they were made of; what does not takes number * scale.
    /// - Parameters:
    ///   - weight: [outputs, inputs].
    ///   - bias: [outputs].
    ///   - place: what precision the layer can do with.
    func makeLinear(weight: QuantisedMatrix, bias: [Float], at place: LayerPlace) -> LinearParameters
    /// - Parameters:
    ///   - weight: [outputs, inputs, 3, 3], row-major.
    ///   - bias: [outputs].
    func makeConvolution(weight: [Float], bias: [Float], inputs: Int, outputs: Int) -> ConvolutionParameters

    // MARK: Rows

    /// Rows of a table, as many for every image. -> numbers, [images, n, columns].
    func gather(_ table: Parameter, rows indices: [Int], images: Int) -> Tensor
    /// Rows of a tensor, which are counted over all images, as many for every image. [B, R, D] -> [B, n, D], of the same
    /// kind.
    func gather(_ input: Tensor, rows indices: [Int]) -> Tensor
    /// target row `to[n]` = input row `from[n]`; rows are counted over all images. Other rows keep their values. Both are
    /// of the same kind.
    func copyRows(_ input: Tensor, from: [Int], to: [Int], of target: Tensor)
    /// sum[b, r] += (table row `indices[b * rows + r]`) for every row of numbers.
    func add(_ table: Parameter, rows indices: [Int], to sum: Tensor)

    // MARK: Layers

    /// activation(input W^T + b). [B, R, inputs] -> [B, R, outputs].
    func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, as kind: TensorKind
    ) -> Tensor
    /// sum += input W^T + b. [B, R, inputs], numbers [B, R, outputs].
    func add(_ input: Tensor, _ parameters: LinearParameters, to sum: Tensor)
    /// sum += gate * (input W^T + b), with gate the third D columns of `modulation`, numbers [B, R, 3 D].
    func addGated(_ input: Tensor, _ parameters: LinearParameters, modulation: Tensor, to sum: Tensor)
    /// Layer norm over the columns with scale and shift. Numbers [B, R, D] -> [B, R, D].
    func layerNorm(_ input: Tensor, _ parameters: NormParameters, epsilon: Float, as kind: TensorKind) -> Tensor
    /// LN(input) * (1 + scale) + shift, with shift and scale the first and second D columns of `modulation`. Numbers
    /// [B, R, D] -> [B, R, D].
    /// - Parameters:
    ///   - parameters: scale and shift of the norm itself; nil: a norm without affine part.
    ///   - modulation: numbers, [B, R, n * D], n >= 2.
    func modulatedLayerNorm(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor, epsilon: Float, as kind: TensorKind
    ) -> Tensor
    /// silu(input + row) for one row after the other, each added everywhere. Numbers [B, R, D] -> operand [n B, R, D]: the
    /// images with the first row, then those with the second...
    /// - Parameter rows: numbers, [1, 1, D] each.
    func siluOfSums(_ input: Tensor, _ rows: ArraySlice<Tensor>) -> Tensor
    /// softmax(q k^T / sqrt(d)) v inside each sequence and head. All three are operands.
    /// - Parameters:
    ///   - queries: [B, sequences * n, D], of `heads` heads of width d = D / heads.
    ///   - keysValues: [B, sequences * N, 2 D]: keys, then values.
    ///   - sequences: sequences of each image; they do not see each other.
    /// - Returns: [B, sequences * n, D].
    func attention(queries: Tensor, keysValues: Tensor, heads: Int, sequences: Int) -> Tensor

    // MARK: Diffusion

    /// One step of diffusion chains, in place: x becomes the step's mean, plus noise times its deviation and temperature.
    /// - Parameters:
    ///   - x: noisy latents, numbers [B, S n, C], the same in both halves, and so they stay.
    ///   - prediction: eps and v, numbers [B, S n, 2 C], the conditional half first; v is that half's.
    ///   - noise: standard normal, numbers [B, n, C].
    ///   - steps: of each row of the noise. [B n]
    func denoise(_ x: Tensor, prediction: Tensor, noise: Tensor, steps: [DenoisingStep])

    // MARK: Images, channels last: [B, height * width, channels]

    /// Numbers -> operand.
    func groupNorm(_ input: Tensor, _ norm: GroupNorm) -> Tensor
    /// 3 x 3 convolution, padding 1, of the normed input with every pixel repeated `scale` x `scale` times
    /// (nearest-neighbour upsampling). Numbers [B, h w, inputs] -> numbers [B, scale h * scale w, outputs].
    /// - Parameters:
    ///   - norm: nil: the input as it is, which may be an operand.
    ///   - width: of the input.
    ///   - scale: 1 or 2.
    func convolution(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, scale: Int
    ) -> Tensor
    /// sum += 3 x 3 convolution of the normed input, padding 1. Numbers [B, h w, inputs], numbers [B, h w, outputs].
    func add(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, to sum: Tensor)
    /// Numbers as an operand.
    func operand(_ input: Tensor) -> Tensor
    /// Numbers or an operand as the layers inside a block read them, for several layers that read the same; the same tensor
    /// where they read it as it is.
    func blockOperand(_ input: Tensor) -> Tensor
}

extension Backend {
    package var parallelParts: Int { 1 }
    package var thresholds: Thresholds { Thresholds() }

    package func withCores<Result>(_ job: () throws -> Result) rethrows -> Result { try job() }

    package func inParallel(parts: Int, _ body: (_ part: Int, _ backend: any Backend) -> Void) {
        precondition(parts == 1, "one part at a time")
        body(0, self)
    }

    /// A layer outside of the blocks.
    package func makeLinear(weight: [Float], bias: [Float], inputs: Int, outputs: Int) -> LinearParameters {
        makeLinear(weight: weight, bias: bias, inputs: inputs, outputs: outputs, at: .edge)
    }

    package func makeLinear(weight: QuantisedMatrix, bias: [Float], at place: LayerPlace) -> LinearParameters {
        makeLinear(weight: weight.values, bias: bias, inputs: weight.columns, outputs: weight.rows, at: place)
    }

    /// input W^T + b.
    package func linear(_ input: Tensor, _ parameters: LinearParameters, as kind: TensorKind = .numbers) -> Tensor {
        linear(input, parameters, activation: .identity, as: kind)
    }
}
