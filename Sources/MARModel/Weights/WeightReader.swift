import Checkpoint
import Compute

/// Hands the tensors of a source to a backend, layer by layer, in the names of the checkpoint.
final class WeightReader {
    private let source: any WeightSource
    private let backend: any Backend

    init(source: any WeightSource, backend: any Backend) {
        self.source = source
        self.backend = backend
    }

    /// A linear layer `name.weight` [outputs, inputs], `name.bias` [outputs].
    func linear(
        _ name: String, inputs: Int, outputs: Int, at place: LayerPlace = .edge
    ) throws -> LinearParameters {
        let weight = try source.tensor(
            name + ".weight", shape: [outputs, inputs], role: .matrix(inputs: inputs, at: place))
        let bias = try source.values(name + ".bias", shape: [outputs], role: .bias)
        return makeLinear(weight, bias: bias, rows: 0..<outputs, inputs: inputs, at: place)
    }

    /// The projections of an attention, `name.weight` [3 D, D] and `name.bias` [3 D]: queries by themselves, since they are
    /// not always wanted of every row, then keys and values as one layer.
    func attention(_ name: String, width: Int) throws -> (queries: LinearParameters, keysValues: LinearParameters) {
        let weight = try source.tensor(
            name + ".weight", shape: [3 * width, width], role: .matrix(inputs: width, at: .block))
        let bias = try source.values(name + ".bias", shape: [3 * width], role: .bias)
        func part(_ rows: Range<Int>) -> LinearParameters {
            makeLinear(weight, bias: bias, rows: rows, inputs: width, at: .block)
        }
        return (queries: part(0..<width), keysValues: part(width..<3 * width))
    }

    /// The layer of some of a matrix's outputs.
    /// - Parameter bias: of all outputs.
    private func makeLinear(
        _ weight: WeightTensor, bias: [Float], rows: Range<Int>, inputs: Int, at place: LayerPlace
    ) -> LinearParameters {
        let bias = Array(bias[rows])
        switch weight {
        case .numbers(let values):
            return backend.makeLinear(
                weight: Array(values[rows.lowerBound * inputs..<rows.upperBound * inputs]), bias: bias,
                inputs: inputs, outputs: rows.count, at: place)
        case .quantised(let matrix): return backend.makeLinear(weight: matrix[rows], bias: bias, at: place)
        }
    }

    /// 1 x 1 convolutions of the same input, as one linear layer whose outputs stand one after the other.
    func pointwise(_ names: [String], inputs: Int, outputs: Int) throws -> LinearParameters {
        let (shape, role) = ([outputs, inputs, 1, 1], WeightRole.matrix(inputs: inputs, at: .edge))
        return backend.makeLinear(
            weight: try names.flatMap { try source.values($0 + ".weight", shape: shape, role: role) },
            bias: try names.flatMap { try source.values($0 + ".bias", shape: [outputs], role: .bias) },
            inputs: inputs, outputs: names.count * outputs)
    }

    func convolution(_ name: String, inputs: Int, outputs: Int) throws -> ConvolutionParameters {
        backend.makeConvolution(
            weight: try source.values(
                name + ".weight", shape: [outputs, inputs, 3, 3], role: .matrix(inputs: 9 * inputs, at: .edge)),
            bias: try source.values(name + ".bias", shape: [outputs], role: .bias), inputs: inputs, outputs: outputs)
    }

    func norm(_ name: String, width: Int) throws -> NormParameters {
        let scale = try source.values(name + ".weight", shape: [width], role: .scale)
        let shift = try source.values(name + ".bias", shape: [width], role: .shift)
        return NormParameters(
            scale: backend.makeParameter(scale, rows: 1, columns: width),
            shift: backend.makeParameter(shift, rows: 1, columns: width))
    }

    /// A norm of the KL-VAE.
    func groupNorm(_ name: String, channels: Int, groups: Int, silu: Bool = true) throws -> GroupNorm {
        GroupNorm(try norm(name, width: channels), groups: groups, epsilon: 1e-6, silu: silu)
    }

    /// Rows of one or more tensors under each other. The shapes may have leading ones.
    func table(_ names: [(name: String, shape: [Int])], columns: Int) throws -> Parameter {
        let values = try names.flatMap { try source.values($0.name, shape: $0.shape, role: .table) }
        return backend.makeParameter(values, rows: values.count / columns, columns: columns)
    }

    /// - Throws: `CheckpointError` if the source holds what the model has no place for.
    func finish() throws(CheckpointError) {
        try source.finish()
    }
}
