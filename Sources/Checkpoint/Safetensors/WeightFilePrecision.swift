/// How an imported model's weights are stored.
package enum WeightFilePrecision: String, Sendable, CaseIterable {
    /// As the official checkpoints have them: nothing is lost.
    case fp32
    /// Half the file; each weight is rounded to 8 bits of mantissa.
    case bf16

    var elementType: SafetensorsHeader.ElementType {
        switch self {
        case .fp32: .float32
        case .bf16: .bfloat16
        }
    }

    var byteCount: Int { elementType.byteCount }

    /// Little endian.
    func bytes(of values: [Float]) -> [UInt8] {
        switch self {
        case .fp32: return unsafe values.withUnsafeBytes { unsafe Array($0) }
        case .bf16:
            let halves = values.map(Self.roundedToBFloat16)
            return unsafe halves.withUnsafeBytes { unsafe Array($0) }
        }
    }

    /// Upper half of a finite number, rounded to nearest, ties to even. The largest numbers stay finite.
    static func roundedToBFloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let rounded = UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
        return rounded & 0x7FFF == 0x7F80 ? rounded - 1 : rounded
    }
}
