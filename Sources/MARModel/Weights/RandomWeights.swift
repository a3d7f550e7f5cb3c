/// Weights that mean nothing but cost what real ones cost, for measuring a shape without its checkpoint.
///
/// Matrices have variance 1 / inputs, so that activations keep their size from layer to layer and every image comes out
/// finite. One block of numbers is repeated: a thousand million weights are copied, not drawn.
final class RandomWeights: WeightSource {
    /// A prime: rows of any width start at another place of the block, so none is its neighbour's copy.
    private static let blockLength = 4093
    /// On the last layer of the diffusion head. As at the start of training the head then predicts almost nothing, and
    /// the first steps of an unclipped chain, which multiply what it predicts by hundreds, have little to multiply.
    private static let outputGain: Float = 0.02

    /// Uniform, mean 0, variance 1.
    private static let block: [Float] = (0..<blockLength).map { index in
        let uniform = Float(mixed(UInt64(index)) >> 40) / Float(1 << 24)
        return (2 * uniform - 1) * Float(3).squareRoot()
    }

    func tensor(_ name: String, shape: [Int], role: WeightRole) -> WeightTensor {
        .numbers(values(name, shape: shape, role: role))
    }

    func values(_ name: String, shape: [Int], role: WeightRole) -> [Float] {
        let count = shape.reduce(1, *)
        switch role {
        case .scale: return [Float](repeating: 1, count: count)
        case .shift, .bias: return [Float](repeating: 0, count: count)
        case .table: return numbers(name, count: count, scale: 0.02)
        case .matrix(let inputs, _):
            let gain = name.hasSuffix("final_layer.linear.weight") ? Self.outputGain : 1
            return numbers(name, count: count, scale: gain / Float(inputs).squareRoot())
        }
    }

    func finish() {}

    /// The block again and again, from a place that depends on the tensor's name.
    private func numbers(_ name: String, count: Int, scale: Float) -> [Float] {
        let hash = name.utf8.reduce(UInt64(name.utf8.count)) { Self.mixed($0 ^ UInt64($1)) }
        let start = Int(hash % UInt64(Self.blockLength))
        let scaled = (Self.block[start...] + Self.block[..<start]).map { $0 * scale }
        var values: [Float] = []
        values.reserveCapacity(count)
        while count - values.count >= scaled.count { values += scaled }
        return values + scaled.prefix(count - values.count)
    }

    /// The output function of SplitMix64: 64 well-mixed bits of a counter.
    private static func mixed(_ counter: UInt64) -> UInt64 {
        var bits = (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
