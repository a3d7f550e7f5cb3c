import Checkpoint
import Compute

/// Where the weights of a model come from.
protocol WeightSource: AnyObject {
    /// One tensor, as its source has it.
    /// - Parameters:
    ///   - name: as the checkpoint calls it.
    ///   - shape: what the model needs.
    ///   - role: what the model does with it.
    func tensor(_ name: String, shape: [Int], role: WeightRole) throws(CheckpointError) -> WeightTensor

    /// Called when the model has asked for everything.
    func finish() throws(CheckpointError)
}

extension WeightSource {
    /// Elements of one tensor as fp32, row-major, however they are stored.
    func values(_ name: String, shape: [Int], role: WeightRole) throws(CheckpointError) -> [Float] {
        switch try tensor(name, shape: shape, role: role) {
        case .numbers(let values): values
        case .quantised(let matrix): matrix.values
        }
    }
}

/// The elements of a tensor, row-major.
enum WeightTensor {
    case numbers([Float])
    /// In 8 bits: a row for each element of the first dimension.
    case quantised(QuantisedMatrix)
}

/// What a tensor is to its layer: a source that makes numbers up needs it to keep the activations in range.
enum WeightRole {
    /// Multiplied with this many inputs per output, in a layer that stands there.
    case matrix(inputs: Int, at: LayerPlace)
    case bias
    /// Of a normalisation.
    case scale
    /// Of a normalisation.
    case shift
    /// Rows that are looked up: embeddings, positions.
    case table
}
