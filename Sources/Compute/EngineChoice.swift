/// The engine that serves a wish on a processor, and why where that is not what was wished for.
package struct EngineChoice: Sendable, Equatable {
    package let engine: Engine
    /// What could not be had; nil if everything could.
    package let fallback: String?

    /// - Parameters:
    ///   - kind: nil: the fastest.
    ///   - precision: nil: the fastest of that backend.
    package init(kind: BackendKind?, precision: Precision?, on processor: Processor = .current) {
        // The fastest come last.
        let engines = Engine.available(on: processor).reversed()
        let ofKind = engines.filter { kind == nil || $0.kind == kind }
        if let match = ofKind.first(where: { precision == nil || $0.precision == precision }) {
            engine = match
            fallback = nil
            return
        }
        let wish = [kind?.rawValue, precision?.rawValue].compactMap(\.self).joined(separator: " ")
        engine = ofKind.first ?? engines.first { precision == nil || $0.precision == precision } ?? .openblas
        fallback = "\(wish) cannot be had on this processor: \(engine) computes"
    }
}
