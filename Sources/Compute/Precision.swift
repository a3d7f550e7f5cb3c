internal import CKernels

/// The numbers that a backend multiplies; sums are fp32 at least.
package enum Precision: String, Sendable, CaseIterable {
    case fp32
    /// Weights and what they are multiplied with; on processors without such products the weights alone, and all else is fp32.
    case bf16
    /// Layers inside blocks multiply whole numbers -127...127, one scale for each output of a layer and one for each row of
    /// its input, with exact sums. All else is computed in bf16, or in fp32 where the processor has no bf16.
    case int8

    package var byteCount: Int {
        switch self {
        case .fp32: 4
        case .bf16: 2
        case .int8: 1
        }
    }

    /// Bytes from one row of a tensor to the next; in int8 with the row's scale.
    func rowByteCount(columns: Int) -> Int {
        self == .int8 ? uk_quantised_stride(columns) : columns * byteCount
    }
}
