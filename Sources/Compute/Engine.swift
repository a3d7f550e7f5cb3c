internal import CKernels

/// Which implementation computes.
package enum BackendKind: String, Sendable, CaseIterable {
    case reference
    case openblas
    /// Products and convolutions of oneDNN, on x86 with AVX-512: what our own kernels are compared with.
    case onednn
    /// Kernels of our own for AVX-512.
    case avx512
}

/// A backend together with the precision of its operands.
package struct Engine: Sendable, Hashable, CustomStringConvertible {
    package let kind: BackendKind
    package let precision: Precision

    package static let reference = Engine(kind: .reference, precision: .fp32)
    package static let openblas = Engine(kind: .openblas, precision: .fp32)

    /// Every engine that this processor runs, the oracle first, and the one that `auto` takes last.
    package static let available = available(on: .current)

    package static func available(on processor: Processor) -> [Engine] {
        var engines = [reference, openblas]
        for kind in [BackendKind.onednn, .avx512] {
            if processor.hasAVX512 { engines.append(Engine(kind: kind, precision: .fp32)) }
            if processor.hasAVX512BF16 { engines.append(Engine(kind: kind, precision: .bf16)) }
        }
        return engines
    }

    /// Whether a row's result does not depend on the rows beside it, so that the images of a batch are one product.
    package var joinsImages: Bool { kind == .onednn || kind == .avx512 }

    package var description: String { "\(kind.rawValue) \(precision.rawValue)" }

    /// - Parameter threads: threads that one call may use, the caller's own included; at least 1.
    package func makeBackend(threads: Int) -> any Backend {
        switch kind {
        case .reference: return ReferenceBackend()
        case .openblas: return OpenBLASBackend(threads: threads)
        case .onednn, .avx512:
            #if arch(x86_64)
            return kind == .onednn
                ? OneDNNBackend(precision: precision, threads: threads)
                : AVX512Backend(precision: precision, threads: threads)
            #else
            preconditionFailure("no engine of this kind is available here")
            #endif
        }
    }
}

/// What a processor has, as far as engines ask.
package struct Processor: Sendable, Equatable {
    package var hasAVX512: Bool
    package var hasAVX512BF16: Bool

    package init(hasAVX512: Bool, hasAVX512BF16: Bool) {
        self.hasAVX512 = hasAVX512
        self.hasAVX512BF16 = hasAVX512BF16
    }

    package static let current: Processor = {
        let found = uk_processor()
        return Processor(hasAVX512: found.avx512 != 0, hasAVX512BF16: found.avx512_bf16 != 0)
    }()
}
