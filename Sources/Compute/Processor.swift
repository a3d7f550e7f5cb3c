internal import CKernels
import Foundation

/// What a processor has, as far as engines ask.
package struct Processor: Sendable, Equatable {
    package var hasAVX2: Bool
    /// Products of bytes, without AVX-512.
    package var hasAVXVNNI: Bool
    /// F, BW, DQ and VL.
    package var hasAVX512: Bool
    package var hasAVX512BF16: Bool
    package var hasAVX512VNNI: Bool
    /// Tiles of bf16 and of bytes, beside AVX-512 BF16.
    package var hasAMX: Bool

    package init(
        hasAVX512: Bool, hasAVX512BF16: Bool, hasAVX512VNNI: Bool = false, hasAMX: Bool = false, hasAVX2: Bool = true,
        hasAVXVNNI: Bool = false
    ) {
        self.hasAVX2 = hasAVX2
        self.hasAVXVNNI = hasAVXVNNI
        self.hasAVX512 = hasAVX512
        self.hasAVX512BF16 = hasAVX512BF16
        self.hasAVX512VNNI = hasAVX512VNNI
        self.hasAMX = hasAMX
    }

    package static let current: Processor = {
        let found = uk_processor()
        return Processor(
            hasAVX512: found.avx512 != 0, hasAVX512BF16: found.avx512_bf16 != 0,
            hasAVX512VNNI: found.avx512_vnni != 0, hasAMX: found.amx != 0, hasAVX2: found.avx2 != 0,
            hasAVXVNNI: found.avx_vnni != 0)
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

extension Processor {
    /// The features that engines ask for, by the names of their makers.
    package var features: [String] {
        let all = [
            ("AVX2", hasAVX2), ("AVX-VNNI", hasAVXVNNI), ("AVX-512", hasAVX512), ("AVX-512 BF16", hasAVX512BF16),
            ("AVX-512 VNNI", hasAVX512VNNI), ("AMX", hasAMX),
        ]
        return all.filter(\.1).map(\.0)
    }

    /// As the system calls the processor that this process runs on; else its architecture.
    package var name: String {
        let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        #if arch(x86_64)
        return name ?? "x86_64"
        #else
        return name ?? "arm64"
        #endif
    }
}
