import Checkpoint

/// Where the weights of a model come from.
protocol WeightSource: AnyObject {
    /// Elements of one tensor as fp32, row-major.
    /// - Parameters:
    ///   - name: as the checkpoint calls it.
    ///   - shape: what the model needs.
    ///   - role: what the model does with it.
    func values(_ name: String, shape: [Int], role: WeightRole) throws(CheckpointError) -> [Float]

    /// Called when the model has asked for everything.
    func finish() throws(CheckpointError)
}

/// What a tensor is to its layer: a source that makes numbers up needs it to keep the activations in range.
enum WeightRole {
    /// Multiplied with this many inputs per output.
    case matrix(inputs: Int)
    case bias
    /// Of a normalisation.
    case scale
    /// Of a normalisation.
    case shift
    /// Rows that are looked up: embeddings, positions.
    case table
}
