import Foundation

/// The table of contents of a safetensors file: 8 bytes of header length (little endian), then JSON, then the data.
///
/// Strict: every entry is checked against the data it claims, and the tensors must cover the data without gap or overlap,
/// in any order. So a reader can trust each range.
struct SafetensorsHeader {
    struct Entry: Equatable {
        var type: ElementType
        var shape: [Int]
        /// Byte range in the file.
        var range: Range<Int>
    }

    /// The longest header that is read: about 100 bytes per tensor, for 160,000 tensors.
    static let maximumByteCount = 16 << 20

    let entries: [String: Entry]
    let metadata: [String: String]

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: its name, for errors.
    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
        guard bytes.count >= 8 else {
            throw .malformed(file: file, reason: "\(bytes.count) bytes, shorter than the header's length field")
        }
        let length = UInt64(littleEndian: unsafe bytes.loadUnaligned(as: UInt64.self))
        guard length <= Self.maximumByteCount else {
            throw .malformed(
                file: file, reason: "a header of \(length) bytes, over the limit of \(Self.maximumByteCount)")
        }
        let dataStart = 8 + Int(length)
        guard dataStart <= bytes.count else {
            throw .malformed(
                file: file, reason: "a header of \(length) bytes in a file of \(bytes.count): the file is cut short")
        }
        let json = unsafe Data(bytes[8..<dataStart])
        let raw: RawHeader
        do {
            raw = try JSONDecoder().decode(RawHeader.self, from: json)
        } catch {
            throw .malformed(file: file, reason: "the header is not the JSON it should be: \(error)")
        }
        metadata = raw.metadata
        var checked: [String: Entry] = [:]
        for (name, entry) in raw.entries {
            checked[name] = try Self.check(
                entry, name: name, file: file, dataStart: dataStart, dataCount: bytes.count - dataStart)
        }
        entries = checked
        try Self.checkCoverage(entries, of: dataStart..<bytes.count, file: file)
    }

    private static func check(
        _ raw: RawEntry, name: String, file: String, dataStart: Int, dataCount: Int
    ) throws(CheckpointError) -> Entry {
        func refuse(_ reason: String) -> CheckpointError {
            .malformedTensor(file: file, tensor: name, reason: reason)
        }
        guard let type = ElementType(rawValue: raw.dtype) else {
            throw refuse("element type \(raw.dtype) is not known")
        }
        guard raw.data_offsets.count == 2 else {
            throw refuse("data_offsets has \(raw.data_offsets.count) numbers, expected 2")
        }
        let (begin, end) = (raw.data_offsets[0], raw.data_offsets[1])
        guard begin >= 0, begin <= end, end <= dataCount else {
            throw refuse("data_offsets \(begin)..<\(end) lie outside the \(dataCount) bytes of data")
        }
        var byteCount = type.byteCount
        for dimension in raw.shape {
            guard dimension >= 0 else { throw refuse("shape \(raw.shape) has a negative dimension") }
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw refuse("shape \(raw.shape) has more elements than can be counted") }
            byteCount = product
        }
        guard byteCount == end - begin else {
            throw refuse(
                "shape \(raw.shape) of \(raw.dtype) takes \(byteCount) bytes, data_offsets give \(end - begin)")
        }
        return Entry(type: type, shape: raw.shape, range: dataStart + begin..<dataStart + end)
    }

    private static func checkCoverage(
        _ entries: [String: Entry], of data: Range<Int>, file: String
    ) throws(CheckpointError) {
        var position = data.lowerBound
        let ordered = entries.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
                < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
        }
        for (name, entry) in ordered {
            guard entry.range.lowerBound == position else {
                let fault =
                    entry.range.lowerBound < position ? "overlaps the tensor before it" : "leaves a gap before it"
                throw .malformedTensor(file: file, tensor: name, reason: fault)
            }
            position = entry.range.upperBound
        }
        guard position == data.upperBound else {
            throw .malformed(file: file, reason: "\(data.upperBound - position) bytes after the last tensor")
        }
    }
}

private struct RawEntry: Decodable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
}

private struct RawHeader: Decodable {
    var metadata: [String: String] = [:]
    var entries: [String: RawEntry] = [:]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys {
            if key.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                entries[key.stringValue] = try container.decode(RawEntry.self, forKey: key)
            }
        }
    }
}
