/// Why a trace cannot be replayed with a model.
package enum TraceError: Error, Equatable, CustomStringConvertible {
    case wrongShape(tensor: String, found: [Int], expected: String)
    case badSetting(key: String, value: String, expected: String)
    case badValue(tensor: String, reason: String)
    /// None of the known groups is in the file.
    case empty(file: String)

    package var description: String {
        switch self {
        case .wrongShape(let tensor, let found, let expected):
            "the trace's \(tensor) has shape \(found), this model needs \(expected)"
        case .badSetting(let key, let value, let expected):
            "the trace's setting \(key) is \"\(value)\", expected \(expected)"
        case .badValue(let tensor, let reason): "the trace's \(tensor): \(reason)"
        case .empty(let file):
            "\(file) holds nothing to replay: expected tensors of "
                + TraceReplay.Group.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }
}
