/// The engine that serves a wish on a processor, and why where that is not what was wished for.
package struct EngineChoice: Sendable, Equatable {
    package let engine: Engine
    /// What could not be had; nil if everything could.
    package let fallback: String?

    /// - Parameters:
    ///   - offer: nil: the fastest.
    ///   - precision: nil: the fastest of that backend.
    package init(offer: EngineOffer? = nil, precision: Precision? = nil, on processor: Processor = .current) {
        // The best come last. The oracle computes only for who names it.
        let engines = Engine.available(on: processor).reversed()
        let offered = engines.filter { engine in
            offer.map { $0 == engine.offer } ?? (engine.offer != .reference)
        }
        if let match = offered.first(where: { precision == nil || $0.precision == precision }) {
            engine = match
            fallback = nil
            return
        }
        let wish = [offer?.name, precision?.rawValue].compactMap(\.self).joined(separator: " ")
        engine = offered.first ?? engines.first { precision == nil || $0.precision == precision } ?? .openblas
        fallback = "\(wish) cannot be had on this processor: \(engine) computes"
    }
}
