/// Writes a zip archive, as right or as wrong as a test needs it.
struct ZipBuilder {
    struct Entry {
        var name: String
        var content: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// What the directory claims; nil: the truth.
        var claimedByteCount: UInt64?
        /// Sizes and offset in the zip64 extra field.
        var isLarge = false
    }

    var entries: [Entry]
    /// Number of entries that the end record claims; nil: the truth.
    var claimedEntryCount: Int?
    /// Entry count, size and place of the directory in a zip64 record.
    var isLarge = false

    /// An archive as PyTorch lays it out.
    static func checkpoint(pickle: [UInt8], storages: [String: [UInt8]] = [:]) -> ZipBuilder {
        ZipBuilder(
            entries: [Entry(name: "archive/data.pkl", content: pickle)]
                + storages.sorted { $0.key < $1.key }.map { Entry(name: "archive/data/\($0.key)", content: $0.value) })
    }

    var bytes: [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            let offset = file.count
            let name = Array(entry.name.utf8)
            let size = entry.claimedByteCount ?? UInt64(entry.content.count)
            let fields = Self.number(20, 2) + Self.number(UInt64(entry.flags), 2) + Self.number(UInt64(entry.method), 2)
            file += [0x50, 0x4B, 3, 4] + fields + Self.number(0, 8) + Self.number(size, 4) + Self.number(size, 4)
            file += Self.number(UInt64(name.count), 2) + Self.number(0, 2) + name + entry.content
            let extra =
                entry.isLarge
                ? Self.number(1, 2) + Self.number(24, 2) + Self.number(size, 8) + Self.number(size, 8)
                    + Self.number(UInt64(offset), 8) : []
            directory += [0x50, 0x4B, 1, 2] + Self.number(20, 2) + fields + Self.number(0, 8)
            directory += Self.number(entry.isLarge ? 0xFFFF_FFFF : size, 4)
            directory += Self.number(entry.isLarge ? 0xFFFF_FFFF : size, 4)
            directory += Self.number(UInt64(name.count), 2) + Self.number(UInt64(extra.count), 2) + Self.number(0, 10)
            directory += Self.number(entry.isLarge ? 0xFFFF_FFFF : UInt64(offset), 4) + name + extra
        }
        let count = UInt64(claimedEntryCount ?? entries.count)
        let (start, size) = (UInt64(file.count), UInt64(directory.count))
        file += directory
        if isLarge {
            let record = UInt64(file.count)
            file += [0x50, 0x4B, 6, 6] + Self.number(44, 8) + Self.number(45, 4) + Self.number(0, 8)
            file += Self.number(count, 8) + Self.number(count, 8) + Self.number(size, 8) + Self.number(start, 8)
            file += [0x50, 0x4B, 6, 7] + Self.number(0, 4) + Self.number(record, 8) + Self.number(1, 4)
            file += [0x50, 0x4B, 5, 6] + Self.number(0, 4) + Self.number(0xFFFF_FFFF, 4)
            return file + Self.number(0xFFFF_FFFF, 4) + Self.number(0xFFFF_FFFF, 4) + Self.number(0, 2)
        }
        file += [0x50, 0x4B, 5, 6] + Self.number(0, 4) + Self.number(count, 2) + Self.number(count, 2)
        return file + Self.number(size, 4) + Self.number(start, 4) + Self.number(0, 2)
    }

    /// Little endian.
    static func number(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) : 0 }
    }
}
