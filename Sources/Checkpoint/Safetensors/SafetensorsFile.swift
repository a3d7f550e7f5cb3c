/// A memory-mapped safetensors file.
package final class SafetensorsFile {
    private let file: MappedFile
    private let header: SafetensorsHeader

    /// - Throws: `CheckpointError` naming the fault.
    package init(path: String) throws(CheckpointError) {
        file = try MappedFile(path: path)
        header = unsafe try SafetensorsHeader(file.bytes, file: path)
    }

    package var path: String { file.path }
    package var metadata: [String: String] { header.metadata }
    package var tensorNames: some Collection<String> { header.entries.keys }

    /// Bits of a number in the tensor that has the fewest.
    package var fewestBits: Int { 8 * (header.entries.values.map(\.type.byteCount).min() ?? 0) }

    package func shape(of name: String) throws(CheckpointError) -> [Int] {
        try entry(name).shape
    }

    /// Elements of a floating-point tensor as fp32, row-major.
    package func floats(_ name: String) throws(CheckpointError) -> [Float] {
        let entry = try entry(name)
        let count = entry.range.count / entry.type.byteCount
        let floats = unsafe withBytes(of: entry) { unsafe entry.type.floats(at: 0..<count, of: $0) }
        guard let floats else { throw .integers(file: path, tensor: name) }
        return floats
    }

    /// Elements of an integer tensor, row-major.
    package func integers(_ name: String) throws(CheckpointError) -> [Int] {
        let entry = try entry(name)
        guard entry.type == .int64 else {
            throw .malformedTensor(file: path, tensor: name, reason: "holds \(entry.type.rawValue), expected I64")
        }
        return unsafe withBytes(of: entry) { bytes in
            (0..<entry.range.count / 8).map { unsafe bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int.self) }
        }
    }

    /// Lends a tensor's bytes, and gives their memory back.
    func withBytes<Result>(
        of entry: SafetensorsHeader.Entry, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        defer { file.release(entry.range) }
        return unsafe body(UnsafeRawBufferPointer(rebasing: file.bytes[entry.range]))
    }

    /// Where each tensor lies in the file.
    func storedTensors() -> [String: StoredTensor] {
        header.entries.mapValues(StoredTensor.init)
    }

    func entry(_ name: String) throws(CheckpointError) -> SafetensorsHeader.Entry {
        guard let entry = header.entries[name] else { throw .missingTensor(file: path, tensor: name) }
        return entry
    }
}
