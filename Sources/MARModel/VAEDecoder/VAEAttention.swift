import Compute

/// Single-head attention over all positions of the image, plus the input.
struct VAEAttention: Sendable {
    private let norm: VAENorm
    private let qkv: LinearParameters
    private let projection: LinearParameters

    init(_ name: String, channels: Int, from reader: WeightReader) throws {
        norm = try VAENorm(name + ".norm", channels: channels, from: reader)
        qkv = try reader.pointwise(["q", "k", "v"].map { "\(name).\($0)" }, inputs: channels, outputs: channels)
        projection = try reader.pointwise([name + ".proj_out"], inputs: channels, outputs: channels)
    }

    /// - Parameter x: [B, h w, D], changed in place.
    func apply(_ x: Tensor, on backend: any Backend) {
        let normal = norm.apply(x, silu: false, on: backend)
        let triple = backend.makeTensor(images: x.images, rows: x.rows, columns: 3 * x.columns)
        backend.linear(normal, qkv, activation: .identity, accumulate: false, into: triple)
        backend.attention(qkv: triple, heads: 1, sequences: 1, into: normal)
        backend.linear(normal, projection, activation: .identity, accumulate: true, into: x)
    }
}
