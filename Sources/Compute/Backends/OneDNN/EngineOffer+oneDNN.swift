extension EngineOffer {
    /// Products and convolutions of oneDNN, on x86 with AVX-512: what our own kernels are compared with. Not in what a row of its
    /// products depends on how many others there are: with AVX2, and in bf16 where the library takes AMX.
    package static let oneDNN = EngineOffer(
        name: "onednn", precisions: [.fp32, .bf16], joinsRows: true,
        runs: { $1.hasAVX512(in: $0) && !($0 == .bf16 && $1.hasAMX) }
    ) { precision, threads, share in
        #if arch(x86_64)
        OneDNNBackend(precision: precision, threads: threads, share: share)
        #else
        preconditionFailure("no processor of this kind has AVX-512")
        #endif
    }
}
