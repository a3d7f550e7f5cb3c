extension EngineOffer {
    /// Plain Swift loops: slow, the oracle of the others.
    package static let reference = EngineOffer(
        name: "reference", precisions: [.fp32], joinsRows: false, make: { _, _ in ReferenceBackend() })
}
