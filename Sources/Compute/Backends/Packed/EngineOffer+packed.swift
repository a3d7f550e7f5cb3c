extension EngineOffer {
    /// Kernels of our own for x86 with AMX.
    package static let amx = EngineOffer(
        name: "amx", precisions: [.int8, .bf16], joinsRows: true, runs: { $1.hasAMX }
    ) { precision, threads, share in
        #if arch(x86_64)
        PackedBackend(.amx, precision: precision, threads: threads, share: share)
        #else
        preconditionFailure("no processor of this kind has AMX")
        #endif
    }

    /// Kernels of our own for x86 with AVX-512.
    package static let avx512 = EngineOffer(
        name: "avx512", precisions: [.int8, .fp32, .bf16], joinsRows: true, runs: { $1.hasAVX512(in: $0) }
    ) { precision, threads, share in
        #if arch(x86_64)
        PackedBackend(.avx512, precision: precision, threads: threads, share: share)
        #else
        preconditionFailure("no processor of this kind has AVX-512")
        #endif
    }

    /// Kernels of our own for x86 with AVX2 and FMA. In bf16 they read weights of half the size and compute in fp32.
    package static let avx2 = EngineOffer(
        name: "avx2", precisions: [.int8, .fp32, .bf16], joinsRows: true, runs: { $1.hasAVX2 }
    ) { precision, threads, share in
        #if arch(x86_64)
        PackedBackend(
            Processor.current.hasAVXVNNI ? .avxVNNI : .avx2, precision: precision, threads: threads, share: share)
        #else
        preconditionFailure("no processor of this kind has AVX2")
        #endif
    }
}
