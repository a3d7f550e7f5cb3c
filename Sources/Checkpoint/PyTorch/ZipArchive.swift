/// The table of contents of a zip archive whose entries are stored as they are, with or without zip64 fields.
///
/// PyTorch never compresses: a compressed entry is refused, so nothing can grow on reading. Checked against the limits
/// below and against the file: every range that this type hands out lies inside.
struct ZipArchive {
    struct Entry {
        let name: String
        /// Of the local header, in the file.
        let headerOffset: Int
        let byteCount: Int
        /// 0: stored.
        let method: UInt16
        let isEncrypted: Bool
    }

    /// The largest checkpoints have a few thousand entries.
    static let maximumEntryCount = 100_000
    static let maximumDirectoryByteCount = 32 << 20
    /// 22 bytes, and a comment of at most 65535.
    private static let endByteCount = 22
    private static let localHeaderByteCount = 30

    let source: any ByteSource
    let entries: [String: Entry]

    init(_ source: any ByteSource) throws(CheckpointError) {
        self.source = source
        let directory = try Self.locateDirectory(source)
        guard directory.entryCount <= Self.maximumEntryCount else {
            throw Self.fault(source, "\(directory.entryCount) entries, over the limit of \(Self.maximumEntryCount)")
        }
        guard directory.byteCount <= Self.maximumDirectoryByteCount else {
            throw Self.fault(source, "a directory of \(directory.byteCount) bytes, over the limit")
        }
        let bytes = try source.checkedBytes(
            at: directory.offset, count: directory.byteCount, what: "the zip archive's directory")
        entries = try Self.readEntries(LittleEndianBytes(bytes), count: directory.entryCount, of: source)
    }

    /// Bytes of an entry's content, in the file.
    func range(of entry: Entry) throws(CheckpointError) -> Range<Int> {
        guard entry.method == 0 else {
            throw Self.fault(
                source, "entry \(entry.name) is compressed (method \(entry.method)); PyTorch stores entries as they are"
            )
        }
        guard !entry.isEncrypted else { throw Self.fault(source, "entry \(entry.name) is encrypted") }
        let header = LittleEndianBytes(
            try source.checkedBytes(
                at: entry.headerOffset, count: Self.localHeaderByteCount, what: "the header of entry \(entry.name)"))
        guard header.uint32(0) == 0x0403_4B50 else {
            throw Self.fault(source, "entry \(entry.name) has no header at byte \(entry.headerOffset)")
        }
        let start =
            entry.headerOffset + Self.localHeaderByteCount + Int(header.uint16(26)) + Int(header.uint16(28))
        guard start <= source.byteCount, entry.byteCount <= source.byteCount - start else {
            throw Self.fault(
                source,
                "entry \(entry.name) of \(entry.byteCount) bytes ends after the file of \(source.byteCount): cut short")
        }
        return start..<start + entry.byteCount
    }

    private static func fault(_ source: any ByteSource, _ reason: String) -> CheckpointError {
        .malformedArchive(file: source.path, reason: reason)
    }

    // MARK: End of the archive

    private typealias Directory = (offset: Int, byteCount: Int, entryCount: Int)

    private static func locateDirectory(_ source: any ByteSource) throws(CheckpointError) -> Directory {
        let tailCount = min(source.byteCount, endByteCount + 0xFFFF)
        let tailStart = source.byteCount - tailCount
        let tail = LittleEndianBytes(try source.bytes(at: tailStart, count: tailCount))
        guard tailCount >= endByteCount,
            let end = stride(from: tailCount - endByteCount, through: 0, by: -1).first(where: {
                tail.uint32($0) == 0x0605_4B50 && $0 + endByteCount + Int(tail.uint16($0 + 20)) == tailCount
            })
        else {
            throw fault(
                source, "no zip directory at its end: the file is cut short, or was saved before PyTorch 1.6")
        }
        guard tail.uint16(end + 4) == 0 || tail.uint16(end + 4) == 0xFFFF else {
            throw fault(source, "a zip archive in several parts")
        }
        let directory = (
            offset: Int(tail.uint32(end + 16)), byteCount: Int(tail.uint32(end + 12)),
            entryCount: Int(tail.uint16(end + 10))
        )
        if let large = try locateLargeDirectory(source, end: tailStart + end) { return large }
        return directory
    }

    /// The fields of the zip64 end record, if there is one.
    private static func locateLargeDirectory(
        _ source: any ByteSource, end: Int
    ) throws(CheckpointError) -> Directory? {
        guard end >= 20 else { return nil }
        let locator = LittleEndianBytes(try source.bytes(at: end - 20, count: 20))
        guard locator.uint32(0) == 0x0706_4B50 else { return nil }
        guard let position = locator.size(8) else { throw fault(source, "the zip64 record lies outside the file") }
        let record = LittleEndianBytes(try source.checkedBytes(at: position, count: 56, what: "the zip64 record"))
        guard record.uint32(0) == 0x0606_4B50, let entryCount = record.size(32), let byteCount = record.size(40),
            let offset = record.size(48)
        else { throw fault(source, "the zip64 record at byte \(position) is damaged") }
        return (offset, byteCount, entryCount)
    }

    // MARK: Directory

    private static func readEntries(
        _ bytes: LittleEndianBytes, count: Int, of source: any ByteSource
    ) throws(CheckpointError) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var position = 0
        for index in 0..<count {
            guard bytes.count - position >= 46, bytes.uint32(position) == 0x0201_4B50 else {
                throw fault(source, "entry \(index) of the zip directory is damaged")
            }
            let nameStart = position + 46
            let nameEnd = nameStart + Int(bytes.uint16(position + 28))
            let extraEnd = nameEnd + Int(bytes.uint16(position + 30))
            let next = extraEnd + Int(bytes.uint16(position + 32))
            guard next <= bytes.count else { throw fault(source, "entry \(index) of the zip directory is cut short") }
            let name = String(decoding: bytes[nameStart..<nameEnd], as: UTF8.self)
            let entry = try readEntry(bytes, at: position, name: name, extra: nameEnd..<extraEnd, of: source)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw fault(source, "two entries are called \(name)")
            }
            position = next
        }
        return entries
    }

    private static func readEntry(
        _ bytes: LittleEndianBytes, at position: Int, name: String, extra: Range<Int>, of source: any ByteSource
    ) throws(CheckpointError) -> Entry {
        var sizes = (
            compressed: UInt64(bytes.uint32(position + 20)), plain: UInt64(bytes.uint32(position + 24)),
            offset: UInt64(bytes.uint32(position + 42))
        )
        // Fields that do not fit in 32 bits stand in the zip64 extra field, in this order.
        if let large = field(1, in: bytes, extra) {
            var cursor = large.lowerBound
            func next() -> UInt64? {
                guard large.upperBound - cursor >= 8 else { return nil }
                defer { cursor += 8 }
                return bytes.uint64(cursor)
            }
            if sizes.plain == 0xFFFF_FFFF { sizes.plain = next() ?? .max }
            if sizes.compressed == 0xFFFF_FFFF { sizes.compressed = next() ?? .max }
            if sizes.offset == 0xFFFF_FFFF { sizes.offset = next() ?? .max }
        }
        let method = bytes.uint16(position + 10)
        guard let offset = Int(exactly: sizes.offset), let byteCount = Int(exactly: sizes.plain),
            offset <= source.byteCount, method != 0 || sizes.compressed == sizes.plain
        else { throw fault(source, "entry \(name.prefix(100)) has impossible sizes") }
        return Entry(
            name: name, headerOffset: offset, byteCount: byteCount, method: method,
            isEncrypted: bytes.uint16(position + 8) & 1 != 0)
    }

    /// Content of the extra field with this number.
    private static func field(_ wanted: UInt16, in bytes: LittleEndianBytes, _ extra: Range<Int>) -> Range<Int>? {
        var position = extra.lowerBound
        while extra.upperBound - position >= 4 {
            let (number, length) = (bytes.uint16(position), Int(bytes.uint16(position + 2)))
            let content = position + 4..<position + 4 + length
            guard content.upperBound <= extra.upperBound else { return nil }
            if number == wanted { return content }
            position = content.upperBound
        }
        return nil
    }
}
