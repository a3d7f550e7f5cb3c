extension EngineOffer {
    /// fp32 on any processor.
    package static let openBLAS = EngineOffer(
        name: "openblas", precisions: [.fp32], joinsRows: false, make: { OpenBLASBackend(threads: $1, share: $2) })
}
