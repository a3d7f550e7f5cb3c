import Compute

/// The group norm of the KL-VAE, epsilon 1e-6.
struct VAENorm: Sendable {
    private let parameters: NormParameters
    private let groups: Int

    init(_ name: String, channels: Int, groups: Int, from reader: WeightReader) throws {
        self.groups = groups
        parameters = try reader.norm(name, width: channels)
    }

    /// - Returns: an operand of the shape of x.
    func apply(_ x: Tensor, silu: Bool, on backend: any Backend) -> Tensor {
        backend.groupNorm(x, parameters, groups: groups, epsilon: 1e-6, silu: silu)
    }
}
