internal import CKernels

/// What a processor has, as far as engines ask.
package struct Processor: Sendable, Equatable {
    package var hasAVX512: Bool
    package var hasAVX512BF16: Bool
    package var hasAVX512VNNI: Bool

    package init(hasAVX512: Bool, hasAVX512BF16: Bool, hasAVX512VNNI: Bool = false) {
        self.hasAVX512 = hasAVX512
        self.hasAVX512BF16 = hasAVX512BF16
        self.hasAVX512VNNI = hasAVX512VNNI
    }

    package static let current: Processor = {
        let found = uk_processor()
        return Processor(
            hasAVX512: found.avx512 != 0, hasAVX512BF16: found.avx512_bf16 != 0, hasAVX512VNNI: found.avx512_vnni != 0)
    }()

    /// Whether its AVX-512 multiplies in this precision.
    func hasAVX512(in precision: Precision) -> Bool {
        switch precision {
        case .fp32: hasAVX512
        case .bf16: hasAVX512BF16
        case .int8: hasAVX512VNNI
        }
    }
}
