extension EngineOffer {
    /// Products and convolutions of oneDNN, on x86 with AVX-512: what our own kernels are compared with. With AVX2 a row of its
    /// products depends on how many others there are.
    package static let oneDNN = EngineOffer(
        name: "onednn", precisions: [.fp32, .bf16], joinsRows: true, runs: { $1.hasAVX512(in: $0) }
    ) { precision, threads, share in
        #if arch(x86_64)
        OneDNNBackend(precision: precision, threads: threads, share: share)
        #else
        preconditionFailure("no processor of this kind has AVX-512")
        #endif
    }
}
