extension PickleCursor {
    /// The number that follows a number's opcode. One of more than 64 bits is of no use here: nothing.
    mutating func number(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue {
        switch opcode {
        case .binaryInteger1: return .integer(try unsigned(1))
        case .binaryInteger2: return .integer(try unsigned(2))
        case .binaryInteger: return .integer(Int(Int32(truncatingIfNeeded: try unsigned(4))))
        case .long1: return try signed(try unsigned(1)).map(PickleValue.integer) ?? .none
        case .long4: return try signed(try unsigned(4)).map(PickleValue.integer) ?? .none
        case .binaryFloat:
            var bits: UInt64 = 0
            for byte in try take(8) { bits = bits << 8 | UInt64(byte) }
            return .float(Double(bitPattern: bits))
        default:
            let line = try line()
            if opcode == .integer, ["00", "01"].contains(line) { return .bool(line == "01") }
            if opcode == .float, let value = Double(line) { return .float(value) }
            guard let value = Int(line.hasSuffix("L") ? String(line.dropLast()) : line) else {
                throw fault("\"\(line.prefix(40))\" is no number")
            }
            return .integer(value)
        }
    }

    /// The text that follows the opcode of a text or of bytes.
    mutating func text(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue {
        switch opcode {
        case .shortBinaryString, .shortBinaryUnicode, .shortBinaryBytes:
            return .text(try text(try unsigned(1)))
        case .binaryString, .binaryUnicode, .binaryBytes: return .text(try text(try unsigned(4)))
        case .binaryUnicode8, .binaryBytes8, .byteArray8: return .text(try text(try unsigned(8)))
        default: return .text(try line())
        }
    }
}
