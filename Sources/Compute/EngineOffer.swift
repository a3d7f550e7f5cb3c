/// What a backend's folder offers: computing in one or several precisions, on the processors that can.
///
/// All that is said about engines elsewhere (configuration, help, capabilities) follows from the list of offers. A new
/// backend is a folder with an offer, and an entry in the list.
package struct EngineOffer: Sendable {
    /// As configuration names it: `avx512`.
    package let name: String
    /// The one that is taken without a wish comes last: the fastest of those that keep the quality for certain.
    package let precisions: [Precision]
    /// Whether a row's result does not depend on the rows beside it, so that the images of a batch are one product.
    package let joinsRows: Bool
    private let runs: @Sendable (Precision, Processor) -> Bool
    private let make: @Sendable (Precision, _ threads: Int, CoreShare?) -> any Backend

    init(
        name: String, precisions: [Precision], joinsRows: Bool,
        runs: @escaping @Sendable (Precision, Processor) -> Bool = { _, _ in true },
        make: @escaping @Sendable (Precision, _ threads: Int, CoreShare?) -> any Backend
    ) {
        self.name = name
        self.precisions = precisions
        self.joinsRows = joinsRows
        self.runs = runs
        self.make = make
    }

    /// The oracle first, and the one that `auto` takes last.
    package static let all: [EngineOffer] = [.reference, .openBLAS, .oneDNN, .avx2, .avx512, .amx]

    /// The offer of this name; nil: there is none.
    package static func named(_ name: String) -> EngineOffer? { all.first { $0.name == name } }

    /// The engines of this offer that a processor runs, the one that is taken without a wish last.
    func engines(on processor: Processor) -> [Engine] {
        precisions.filter { runs($0, processor) }.map { Engine(offer: self, precision: $0) }
    }

    /// - Parameters:
    ///   - precision: one that this processor runs.
    ///   - threads: most threads that one call may use, the caller's own included; at least 1.
    ///   - share: how many of them it may use at the moment; nil: all.
    func makeBackend(_ precision: Precision, threads: Int, share: CoreShare?) -> any Backend {
        make(precision, threads, share)
    }
}

/// Offers have different names.
extension EngineOffer: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
