/// Why a model could not be loaded. Every case names the file, and the tensor or key at fault.
package enum CheckpointError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    /// The file is not a safetensors file, or is cut short.
    case malformed(file: String, reason: String)
    /// One tensor's entry in the header is wrong.
    case malformedTensor(file: String, tensor: String, reason: String)
    case missingTensor(file: String, tensor: String)
    case wrongShape(file: String, tensor: String, expected: [Int], found: [Int])
    /// Tensors that the model has no place for.
    case unexpectedTensors(file: String, tensors: [String])
    case invalidConfiguration(file: String, reason: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .malformed(let file, let reason): "\(file): not a valid safetensors file: \(reason)"
        case .malformedTensor(let file, let tensor, let reason): "\(file): tensor \(tensor): \(reason)"
        case .missingTensor(let file, let tensor): "\(file): tensor \(tensor) is missing"
        case .wrongShape(let file, let tensor, let expected, let found):
            "\(file): tensor \(tensor) has shape \(found), expected \(expected)"
        case .unexpectedTensors(let file, let tensors):
            "\(file): no place in this model for \(tensors.joined(separator: ", "))"
        case .invalidConfiguration(let file, let reason): "\(file): \(reason)"
        }
    }
}
