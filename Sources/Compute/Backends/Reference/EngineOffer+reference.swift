extension EngineOffer {
    /// Plain Swift loops: slow, the oracle of the others.
    package static let reference = EngineOffer(
        name: "reference", precisions: [.int8, .fp32], joinsRows: false,
        make: { precision, _, _ in ReferenceBackend(precision: precision) })
}
