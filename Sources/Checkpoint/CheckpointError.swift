/// Why a model could not be loaded or imported. Every case names the file, and the tensor or key at fault.
package enum CheckpointError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    /// The file is not a safetensors file, or is cut short.
    case malformed(file: String, reason: String)
    /// The file is not a zip archive as PyTorch writes it, or is cut short.
    case malformedArchive(file: String, reason: String)
    /// The pickle inside a PyTorch checkpoint is damaged or asks for more than is allowed.
    case malformedPickle(file: String, offset: Int, reason: String)
    /// A checkpoint can be read, but holds no weights where they are looked for.
    case noWeights(file: String, reason: String)
    /// One tensor's entry in the header is wrong.
    case malformedTensor(file: String, tensor: String, reason: String)
    case missingTensor(file: String, tensor: String)
    case missingTensors(file: String, tensors: [String])
    case wrongShape(file: String, tensor: String, expected: [Int], found: [Int])
    /// Tensors that the model has no place for.
    case unexpectedTensors(file: String, tensors: [String])
    /// A weight that is no number.
    case notFinite(file: String, tensor: String, element: Int, value: Float)
    case invalidConfiguration(file: String, reason: String)
    case unwritable(file: String, reason: String)

    /// Names beyond these are counted, not listed.
    private static let listedNames = 12

    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .malformed(let file, let reason): "\(file): not a valid safetensors file: \(reason)"
        case .malformedArchive(let file, let reason): "\(file): not a PyTorch checkpoint that can be read: \(reason)"
        case .malformedPickle(let file, let offset, let reason): "\(file): data.pkl, byte \(offset): \(reason)"
        case .noWeights(let file, let reason): "\(file): \(reason)"
        case .malformedTensor(let file, let tensor, let reason): "\(file): tensor \(Self.quoted(tensor)): \(reason)"
        case .missingTensor(let file, let tensor): "\(file): tensor \(tensor) is missing"
        case .missingTensors(let file, let tensors): "\(file): missing: \(Self.list(tensors))"
        case .wrongShape(let file, let tensor, let expected, let found):
            "\(file): tensor \(Self.quoted(tensor)) has shape \(found), expected \(expected)"
        case .unexpectedTensors(let file, let tensors): "\(file): no place in this model for \(Self.list(tensors))"
        case .notFinite(let file, let tensor, let element, let value):
            "\(file): tensor \(tensor): element \(element) is \(value)"
        case .invalidConfiguration(let file, let reason): "\(file): \(reason)"
        case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
        }
    }

    private static func list(_ names: [String]) -> String {
        let listed = names.prefix(listedNames).map(quoted).joined(separator: ", ")
        return names.count > listedNames ? "\(listed) and \(names.count - listedNames) more" : listed
    }

    /// A name out of a file, fit for a terminal.
    private static func quoted(_ name: String) -> String {
        String(name.prefix(120).map { $0.isASCII && !$0.isNewline && ($0.asciiValue ?? 0) >= 32 ? $0 : "?" })
    }
}
