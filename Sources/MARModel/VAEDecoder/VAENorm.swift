import Compute

/// The group norm of the KL-VAE: 32 groups, epsilon 1e-6.
struct VAENorm: Sendable {
    private let parameters: NormParameters

    init(_ name: String, channels: Int, from reader: WeightReader) throws {
        parameters = try reader.norm(name, width: channels)
    }

    /// - Returns: an operand of the shape of x.
    func apply(_ x: Tensor, silu: Bool, on backend: any Backend) -> Tensor {
        let output = backend.makeOperand(images: x.images, rows: x.rows, columns: x.columns)
        backend.groupNorm(x, parameters, groups: 32, epsilon: 1e-6, silu: silu, into: output)
        return output
    }
}
