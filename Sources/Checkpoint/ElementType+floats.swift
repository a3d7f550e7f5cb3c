extension SafetensorsHeader.ElementType {
    /// The elements at these positions, as fp32.
    /// - Parameters:
    ///   - positions: in elements; each lies inside the bytes.
    ///   - bytes: little endian, aligned or not.
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
        case .int64:
            return nil
        }
    }
}

extension CheckpointError {
    static func integers(file: String, tensor: String) -> CheckpointError {
        .malformedTensor(file: file, tensor: tensor, reason: "holds integers, expected numbers with a fraction")
    }
}
