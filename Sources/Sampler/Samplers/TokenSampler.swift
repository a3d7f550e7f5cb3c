/// A way to decide the tokens of an image: which next, and in how many diffusion steps.
///
/// A sampler is nothing but the way to make a `SamplingPlan`; one loop follows every plan. A new one is a file beside its
/// siblings, a case of `SamplingMethod`, a preset, and a row of the documentation.
package protocol TokenSampler: Sendable, Equatable, Codable {
    /// What a request may set of it.
    static var knownFields: [SamplerField] { get }

    /// What of it can be set, as it is.
    var fields: SamplerFields { get }

    /// Takes over what a request gives.
    /// - Parameter given: fields that are known.
    /// - Returns: what means nothing, or contradicts the rest.
    mutating func take(_ given: SamplerFields) -> [SamplerFault]

    /// Why no plan can be made on this grid; empty if one can.
    func faults(on grid: TokenGrid) -> [SamplerFault]

    /// The order of one image's tokens; whatever is random about it follows from the seed.
    func order(on grid: TokenGrid, seed: UInt64) -> TokenOrder

    /// The autoregressive steps through this order. Without faults on the order's grid.
    func steps(of order: TokenOrder) -> [SamplingPlan.Step]

    /// How many those are.
    var stepCount: Int { get }
}
