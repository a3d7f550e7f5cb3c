/// What a tensor's elements are stored as, in the names of safetensors files. All are little endian.
package enum ElementType: String, Sendable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int8 = "I8"
    case int64 = "I64"

    package var byteCount: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .int8: 1
        case .int64: 8
        }
    }

    /// Whether the elements are numbers with a fraction.
    var isFloating: Bool {
        switch self {
        case .float32, .float16, .bfloat16: true
        case .int8, .int64: false
        }
    }

    /// The elements at these positions, as fp32.
    /// - Parameters:
    ///   - positions: in elements; each lies inside the bytes.
    ///   - bytes: aligned or not.
    /// - Returns: nil if the elements are integers.
    func floats(at positions: some Collection<Int>, of bytes: UnsafeRawBufferPointer) -> [Float]? {
        switch self {
        case .float32:
            return positions.map { unsafe bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        case .bfloat16:
            // The upper half of an fp32 number.
            return positions.map {
                Float(bitPattern: UInt32(unsafe bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) << 16)
            }
        case .float16:
            return positions.map { Float(unsafe bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Float16.self)) }
        case .int8, .int64:
            return nil
        }
    }

    /// Finite numbers as elements of this type, each rounded to the nearest.
    func bytes(of values: [Float]) -> [UInt8] {
        switch self {
        case .float32:
            return unsafe values.withUnsafeBytes { unsafe Array($0) }
        case .bfloat16:
            let halves = values.map(Self.roundedToBFloat16)
            return unsafe halves.withUnsafeBytes { unsafe Array($0) }
        case .float16:
            let halves = values.map { Float16($0) }
            return unsafe halves.withUnsafeBytes { unsafe Array($0) }
        case .int8, .int64:
            preconditionFailure("numbers with a fraction are no integers")
        }
    }

    /// Upper half of a finite number, rounded to nearest, ties to even. The largest numbers stay finite.
    static func roundedToBFloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let rounded = UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
        return rounded & 0x7FFF == 0x7F80 ? rounded - 1 : rounded
    }
}

extension CheckpointError {
    static func integers(file: String, tensor: String) -> CheckpointError {
        .malformedTensor(file: file, tensor: tensor, reason: "holds integers, expected numbers with a fraction")
    }
}
