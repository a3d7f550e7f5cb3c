/// The numbers that a backend multiplies; sums are fp32 at least.
package enum Precision: String, Sendable, CaseIterable {
    case fp32
    case bf16

    package var byteCount: Int {
        switch self {
        case .fp32: 4
        case .bf16: 2
        }
    }
}
