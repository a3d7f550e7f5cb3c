import Compute

/// In which numbers a backend keeps its weights.
enum WeightPrecision: String, Sendable {
    case fp32
    case bf16

    var byteCount: Int {
        switch self {
        case .fp32: 4
        case .bf16: 2
        }
    }
}

extension BackendKind {
    var weightPrecision: WeightPrecision {
        switch self {
        case .reference, .openblas: .fp32
        }
    }
}
