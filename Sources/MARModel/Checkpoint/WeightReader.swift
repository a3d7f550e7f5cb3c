import Compute

/// Hands a checkpoint's tensors to a backend, each checked for its shape, and knows which were not asked for.
final class WeightReader {
    private let file: SafetensorsFile
    private let backend: any Backend
    private var unused: Set<String>

    init(file: SafetensorsFile, backend: any Backend) {
        self.file = file
        self.backend = backend
        unused = Set(file.tensorNames)
    }

    /// A linear layer `name.weight` [outputs, inputs], `name.bias` [outputs].
    func linear(_ name: String, inputs: Int, outputs: Int) throws -> LinearParameters {
        backend.makeLinear(
            weight: try values(name + ".weight", shape: [outputs, inputs]),
            bias: try values(name + ".bias", shape: [outputs]), inputs: inputs, outputs: outputs)
    }

    /// 1 x 1 convolutions of the same input, as one linear layer whose outputs stand one after the other.
    func pointwise(_ names: [String], inputs: Int, outputs: Int) throws -> LinearParameters {
        backend.makeLinear(
            weight: try names.flatMap { try values($0 + ".weight", shape: [outputs, inputs, 1, 1]) },
            bias: try names.flatMap { try values($0 + ".bias", shape: [outputs]) }, inputs: inputs,
            outputs: names.count * outputs)
    }

    func convolution(_ name: String, inputs: Int, outputs: Int) throws -> ConvolutionParameters {
        backend.makeConvolution(
            weight: try values(name + ".weight", shape: [outputs, inputs, 3, 3]),
            bias: try values(name + ".bias", shape: [outputs]), inputs: inputs, outputs: outputs)
    }

    func norm(_ name: String, width: Int) throws -> NormParameters {
        NormParameters(
            scale: backend.makeParameter(try values(name + ".weight", shape: [width]), rows: 1, columns: width),
            shift: backend.makeParameter(try values(name + ".bias", shape: [width]), rows: 1, columns: width))
    }

    /// Rows of one or more tensors under each other. The shapes may have leading ones.
    func table(_ names: [(name: String, shape: [Int])], columns: Int) throws -> Parameter {
        let values = try names.flatMap { try self.values($0.name, shape: $0.shape) }
        return backend.makeParameter(values, rows: values.count / columns, columns: columns)
    }

    /// - Throws: `CheckpointError.unexpectedTensors` if the file holds tensors that nothing asked for.
    func finish() throws(CheckpointError) {
        guard unused.isEmpty else { throw .unexpectedTensors(file: file.path, tensors: unused.sorted()) }
    }

    private func values(_ name: String, shape: [Int]) throws(CheckpointError) -> [Float] {
        let found = try file.shape(of: name)
        guard found == shape else {
            throw .wrongShape(file: file.path, tensor: name, expected: shape, found: found)
        }
        unused.remove(name)
        return try file.floats(name)
    }
}
