import Checkpoint

/// The weights of a checkpoint file. Strict: every tensor has the expected shape, and none is left over.
final class CheckpointWeights: WeightSource {
    private let file: SafetensorsFile
    private var unused: Set<String>

    init(file: SafetensorsFile) {
        self.file = file
        unused = Set(file.tensorNames)
    }

    func values(_ name: String, shape: [Int], role: WeightRole) throws(CheckpointError) -> [Float] {
        let found = try file.shape(of: name)
        guard found == shape else {
            throw .wrongShape(file: file.path, tensor: name, expected: shape, found: found)
        }
        unused.remove(name)
        return try file.floats(name)
    }

    /// - Throws: `CheckpointError.unexpectedTensors` if the file holds tensors that nothing asked for.
    func finish() throws(CheckpointError) {
        guard unused.isEmpty else { throw .unexpectedTensors(file: file.path, tensors: unused.sorted()) }
    }
}
