/// A backend together with the precision of its weights.
package struct Engine: Sendable, Hashable, CustomStringConvertible {
    package let offer: EngineOffer
    package let precision: Precision

    package static let reference = Engine(offer: .reference, precision: .fp32)
    package static let openblas = Engine(offer: .openBLAS, precision: .fp32)

    /// Every engine that this processor runs, the oracle first, and the one that `auto` takes last.
    package static let available = available(on: .current)

    package static func available(on processor: Processor) -> [Engine] {
        EngineOffer.all.flatMap { $0.engines(on: processor) }
    }

    /// Of its backend: `avx512`.
    package var name: String { offer.name }
    /// Whether a row's result does not depend on the rows beside it.
    package var joinsRows: Bool { offer.joinsRows }

    package var description: String { "\(name) \(precision.rawValue)" }

    /// - Parameters:
    ///   - threads: most threads that one call may use, the caller's own included; at least 1.
    ///   - share: how many of them it may use at the moment; nil: all.
    package func makeBackend(threads: Int, share: CoreShare? = nil) -> any Backend {
        offer.makeBackend(precision, threads: threads, share: share)
    }
}
