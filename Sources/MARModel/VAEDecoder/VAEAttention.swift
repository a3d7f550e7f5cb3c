import Compute

/// Single-head attention over all positions of the image, plus the input.
struct VAEAttention: Sendable {
    private let norm: GroupNorm
    private let queries: LinearParameters
    private let keysValues: LinearParameters
    private let projection: LinearParameters

    init(_ name: String, channels: Int, groups: Int, from reader: WeightReader) throws {
        norm = try reader.groupNorm(name + ".norm", channels: channels, groups: groups, silu: false)
        queries = try reader.pointwise([name + ".q"], inputs: channels, outputs: channels)
        keysValues = try reader.pointwise([name + ".k", name + ".v"], inputs: channels, outputs: channels)
        projection = try reader.pointwise([name + ".proj_out"], inputs: channels, outputs: channels)
    }

    /// - Parameter x: [B, h w, D], changed in place.
    func apply(_ x: Tensor, on backend: any Backend) {
        let normal = backend.groupNorm(x, norm)
        let q = backend.linear(normal, queries, as: .operand)
        let kv = backend.linear(normal, keysValues, as: .operand)
        backend.add(
            backend.attention(queries: q, keysValues: kv, heads: 1, sequences: 1), projection, to: x)
    }
}
