import Compute

/// A pre-norm vision transformer block: x += Attention(LN(x)); x += MLP(LN(x)), GELU inside the MLP.
struct TransformerBlock: Sendable {
    /// Of every layer norm in MAR.
    static let normEpsilon: Float = 1e-6

    private let heads: Int
    private let attentionNorm: NormParameters
    private let qkv: LinearParameters
    private let projection: LinearParameters
    private let mlpNorm: NormParameters
    private let expand: LinearParameters
    private let contract: LinearParameters

    /// - Parameter name: `encoder_blocks.0`, for example.
    init(_ name: String, width: Int, heads: Int, mlpRatio: Int, from reader: WeightReader) throws {
        self.heads = heads
        attentionNorm = try reader.norm(name + ".norm1", width: width)
        qkv = try reader.linear(name + ".attn.qkv", inputs: width, outputs: 3 * width)
        projection = try reader.linear(name + ".attn.proj", inputs: width, outputs: width)
        mlpNorm = try reader.norm(name + ".norm2", width: width)
        expand = try reader.linear(name + ".mlp.fc1", inputs: width, outputs: mlpRatio * width)
        contract = try reader.linear(name + ".mlp.fc2", inputs: mlpRatio * width, outputs: width)
    }

    /// - Parameters:
    ///   - x: [B, sequences * N, D], changed in place.
    ///   - sequences: sequences per image, which do not see each other.
    func apply(_ x: Tensor, sequences: Int, on backend: any Backend) {
        let (images, rows, width) = (x.images, x.rows, x.columns)
        let normal = backend.makeTensor(images: images, rows: rows, columns: width)  // [B, R, D]
        let triple = backend.makeTensor(images: images, rows: rows, columns: 3 * width)  // [B, R, 3 D]
        let hidden = backend.makeTensor(images: images, rows: rows, columns: expand.outputs)  // [B, R, 4 D]

        backend.layerNorm(x, attentionNorm, epsilon: Self.normEpsilon, into: normal)
        backend.linear(normal, qkv, activation: .identity, accumulate: false, into: triple)
        backend.attention(qkv: triple, heads: heads, sequences: sequences, into: normal)
        backend.linear(normal, projection, activation: .identity, accumulate: true, into: x)

        backend.layerNorm(x, mlpNorm, epsilon: Self.normEpsilon, into: normal)
        backend.linear(normal, expand, activation: .gelu, accumulate: false, into: hidden)
        backend.linear(hidden, contract, activation: .identity, accumulate: true, into: x)
    }
}
