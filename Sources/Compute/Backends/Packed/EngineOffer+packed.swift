/// Kernels of our own for x86.
extension EngineOffer {
    /// With AMX.
    package static let amx = packed("amx", .amx, in: [.int8, .bf16]) { $1.hasAMX }

    /// With AVX-512.
    package static let avx512 = packed("avx512", .avx512, in: [.int8, .fp32, .bf16]) { $1.hasAVX512(in: $0) }

    /// With AVX2 and FMA. In bf16 they read weights of half the size and compute in fp32.
    package static let avx2 = packed(
        "avx2", Processor.current.hasAVXVNNI ? .avxVNNI : .avx2, in: [.int8, .fp32, .bf16]
    ) { $1.hasAVX2 }

    private static func packed(
        _ name: String, _ tile: PackedTile, in precisions: [Precision],
        runs: @escaping @Sendable (Precision, Processor) -> Bool
    ) -> EngineOffer {
        EngineOffer(name: name, precisions: precisions, joinsRows: true, runs: runs) { precision, threads, share in
            #if arch(x86_64)
            PackedBackend(tile, precision: precision, threads: threads, share: share)
            #else
            preconditionFailure("only x86 has the instructions of \(name)")
            #endif
        }
    }
}
