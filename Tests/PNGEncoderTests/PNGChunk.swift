/// One chunk of a PNG file, read without libpng.
struct PNGChunk: Equatable {
    let type: String
    let data: [UInt8]

    enum Fault: Error { case badSignature, truncated, badChecksum(chunk: String) }

    static func all(of file: [UInt8]) throws -> [PNGChunk] {
        guard file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { throw Fault.badSignature }
        var rest = file.dropFirst(8)
        var chunks: [PNGChunk] = []
        while !rest.isEmpty {
            guard rest.count >= 12 else { throw Fault.truncated }
            let length = bigEndian(rest.prefix(4))
            guard rest.count >= 12 + length else { throw Fault.truncated }
            let typeAndData = rest.dropFirst(4).prefix(4 + length)
            let type = String(decoding: typeAndData.prefix(4), as: UTF8.self)
            guard bigEndian(rest.dropFirst(8 + length).prefix(4)) == checksum(typeAndData) else {
                throw Fault.badChecksum(chunk: type)
            }
            chunks.append(PNGChunk(type: type, data: Array(typeAndData.dropFirst(4))))
            rest = rest.dropFirst(12 + length)
        }
        return chunks
    }

    static func bigEndian(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    /// CRC-32 of the PNG specification, annex D, bit by bit.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> Int {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        return Int(~crc)
    }
}
