/// Whole numbers in a piece of a file. Positions are the caller's to check; a wrong one traps, it never reads outside.
struct LittleEndianBytes {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    func uint16(_ position: Int) -> UInt16 {
        UInt16(bytes[position]) | UInt16(bytes[position + 1]) << 8
    }

    func uint32(_ position: Int) -> UInt32 {
        UInt32(uint16(position)) | UInt32(uint16(position + 2)) << 16
    }

    func uint64(_ position: Int) -> UInt64 {
        UInt64(uint32(position)) | UInt64(uint32(position + 4)) << 32
    }

    /// A 64-bit size or offset; nil if it is beyond what any file has.
    func size(_ position: Int) -> Int? { Int(exactly: uint64(position)) }
}
