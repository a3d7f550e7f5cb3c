import Checkpoint
import Compute

/// The weights of a checkpoint file. Strict: every tensor has the expected shape, and none is left over.
final class CheckpointWeights: WeightSource {
    private let file: SafetensorsFile
    private var unused: Set<String>

    init(file: SafetensorsFile) {
        self.file = file
        unused = Set(file.tensorNames)
    }

    func tensor(_ name: String, shape: [Int], role: WeightRole) throws(CheckpointError) -> WeightTensor {
        let found = try file.shape(of: name)
        guard found == shape else {
            throw .wrongShape(file: file.path, tensor: name, expected: shape, found: found)
        }
        unused.remove(name)
        guard try file.isQuantised(name) else { return .numbers(try file.floats(name)) }
        unused.remove(QuantisedTensor.scalesName(of: name))
        let stored = try file.quantised(name)
        return .quantised(
            QuantisedMatrix(
                numbers: stored.numbers, scales: stored.scales, columns: stored.numbers.count / stored.scales.count))
    }

    /// - Throws: `CheckpointError.unexpectedTensors` if the file holds tensors that nothing asked for.
    func finish() throws(CheckpointError) {
        guard unused.isEmpty else { throw .unexpectedTensors(file: file.path, tensors: unused.sorted()) }
    }
}
