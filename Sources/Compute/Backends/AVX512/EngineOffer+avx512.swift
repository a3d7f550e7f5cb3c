extension EngineOffer {
    /// Kernels of our own for x86 with AVX-512.
    package static let avx512 = EngineOffer(
        name: "avx512", precisions: [.int8, .fp32, .bf16], joinsRows: true, runs: { $1.hasAVX512(in: $0) }
    ) { precision, threads in
        #if arch(x86_64)
        AVX512Backend(precision: precision, threads: threads)
        #else
        preconditionFailure("no processor of this kind has AVX-512")
        #endif
    }
}
