import Compute

/// A pre-norm vision transformer block: x += Attention(LN(x)); x += MLP(LN(x)), GELU inside the MLP.
struct TransformerBlock: Sendable {
    /// Of every layer norm in MAR.
    static let normEpsilon: Float = 1e-6

    private let heads: Int
    private let attentionNorm: NormParameters
    private let queries: LinearParameters  // attn.qkv, the first third
    private let keysValues: LinearParameters  // attn.qkv, the rest
    private let projection: LinearParameters
    private let mlpNorm: NormParameters
    private let expand: LinearParameters
    private let contract: LinearParameters

    /// - Parameter name: `encoder_blocks.0`, for example.
    init(_ name: String, width: Int, heads: Int, mlpRatio: Int, from reader: WeightReader) throws {
        self.heads = heads
        attentionNorm = try reader.norm(name + ".norm1", width: width)
        (queries, keysValues) = try reader.attention(name + ".attn.qkv", width: width)
        projection = try reader.linear(name + ".attn.proj", inputs: width, outputs: width, at: .block)
        mlpNorm = try reader.norm(name + ".norm2", width: width)
        expand = try reader.linear(name + ".mlp.fc1", inputs: width, outputs: mlpRatio * width, at: .block)
        contract = try reader.linear(name + ".mlp.fc2", inputs: mlpRatio * width, outputs: width, at: .block)
    }

    /// - Parameters:
    ///   - x: [B, sequences * N, D], changed in place.
    ///   - sequences: sequences per image, which do not see each other.
    func apply(_ x: Tensor, sequences: Int, on backend: any Backend) {
        let normal = backend.layerNorm(x, attentionNorm, epsilon: Self.normEpsilon, as: .blockOperand)  // [B, R, D]
        attend(x, of: normal, to: normal, sequences: sequences, on: backend)
        feedForward(x, on: backend)
    }

    /// The block's result for some rows only: every row is attended to, nothing else is computed of the others.
    /// - Parameters:
    ///   - x: [B, sequences * N, D].
    ///   - rows: as many in every sequence; counted over all images.
    /// - Returns: [B, sequences * n, D].
    func apply(_ x: Tensor, onlyRows rows: [Int], sequences: Int, on backend: any Backend) -> Tensor {
        let normal = backend.layerNorm(x, attentionNorm, epsilon: Self.normEpsilon, as: .blockOperand)  // [B, R, D]
        let chosen = backend.gather(x, rows: rows)  // [B, S n, D]
        attend(chosen, of: backend.gather(normal, rows: rows), to: normal, sequences: sequences, on: backend)
        feedForward(chosen, on: backend)
        return chosen
    }

    /// x += Attention(normal to context).
    /// - Parameters:
    ///   - x: [B, S n, D], and of the same shape
    ///   - normal: its norm.
    ///   - context: what is attended to, [B, S N, D].
    private func attend(
        _ x: Tensor, of normal: Tensor, to context: Tensor, sequences: Int, on backend: any Backend
    ) {
        let q = backend.linear(normal, queries, as: .operand)  // [B, S n, D]
        let kv = backend.linear(context, keysValues, as: .operand)  // [B, S N, 2 D]
        let mixed = backend.attention(queries: q, keysValues: kv, heads: heads, sequences: sequences)
        backend.add(mixed, projection, to: x)
    }

    /// x += MLP(LN(x)). [B, R, D]
    private func feedForward(_ x: Tensor, on backend: any Backend) {
        let normal = backend.layerNorm(x, mlpNorm, epsilon: Self.normEpsilon, as: .blockOperand)
        let hidden = backend.linear(normal, expand, activation: .gelu, as: .blockOperand)  // [B, R, 4 D]
        backend.add(hidden, contract, to: x)
    }
}
