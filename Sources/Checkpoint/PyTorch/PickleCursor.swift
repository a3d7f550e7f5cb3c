/// Reads a pickle's bytes from front to back.
struct PickleCursor {
    private let bytes: [UInt8]
    /// Of the file, for errors.
    private let file: String
    private(set) var position = 0

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    func fault(_ reason: String) -> CheckpointError {
        .malformedPickle(file: file, offset: position, reason: reason)
    }

    mutating func byte() throws(CheckpointError) -> UInt8 {
        guard position < bytes.count else { throw fault("it ends in the middle of an instruction") }
        defer { position += 1 }
        return bytes[position]
    }

    /// An unsigned number of 1 to 8 bytes, little endian.
    mutating func unsigned(_ byteCount: Int) throws(CheckpointError) -> Int {
        var value: UInt64 = 0
        for index in 0..<byteCount { value |= UInt64(try byte()) << UInt64(8 * index) }
        guard let value = Int(exactly: value) else { throw fault("a length of \(value)") }
        return value
    }

    mutating func take(_ count: Int) throws(CheckpointError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else {
            throw fault("\(count) bytes are announced, \(bytes.count - position) are left")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func text(_ count: Int) throws(CheckpointError) -> String {
        String(decoding: try take(count), as: UTF8.self)
    }

    /// Up to the next line feed, which is taken too.
    mutating func line() throws(CheckpointError) -> String {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw fault("a line without an end") }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// A number of any length in two's complement, little endian; nil if it needs more than 64 bits.
    mutating func signed(_ byteCount: Int) throws(CheckpointError) -> Int? {
        let digits = try take(byteCount)
        guard let last = digits.last else { return 0 }
        guard byteCount <= 8 else { return nil }
        var value: UInt64 = last & 0x80 == 0 ? 0 : .max
        for digit in digits.reversed() { value = value << 8 | UInt64(digit) }
        return Int(bitPattern: UInt(value))
    }
}
