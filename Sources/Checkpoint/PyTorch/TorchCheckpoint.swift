/// A checkpoint of PyTorch: a zip archive with a pickle of its structure and an entry per storage.
struct TorchCheckpoint {
    private static let pickleName = "data.pkl"

    let source: any ByteSource
    private let archive: ZipArchive
    private let graph: PickleGraph
    /// `checkpoint-last/`, for example: what the names of all entries start with.
    private let prefix: String

    init(_ source: any ByteSource) throws(CheckpointError) {
        self.source = source
        archive = try ZipArchive(source)
        let pickles = archive.entries.values.filter {
            $0.name == Self.pickleName || $0.name.hasSuffix("/" + Self.pickleName)
        }
        guard let pickle = pickles.min(by: { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }) else {
            throw .malformedArchive(file: source.path, reason: "a zip archive without \(Self.pickleName)")
        }
        prefix = String(pickle.name.dropLast(Self.pickleName.count))
        guard pickle.byteCount <= Unpickler.maximumByteCount else {
            throw .malformedArchive(
                file: source.path,
                reason: "\(pickle.name) has \(pickle.byteCount) bytes, over the limit of \(Unpickler.maximumByteCount)")
        }
        if let order = archive.entries[prefix + "byteorder"], order.byteCount <= 16 {
            let range = try archive.range(of: order)
            let text = String(decoding: try source.bytes(at: range.lowerBound, count: range.count), as: UTF8.self)
            guard text == "little" else {
                throw .malformedArchive(file: source.path, reason: "byte order \(text), expected little")
            }
        }
        let range = try archive.range(of: pickle)
        graph = try Unpickler.read(
            try source.bytes(at: range.lowerBound, count: range.count), file: source.path)
    }

    /// The dictionaries of tensors: those that the outermost dictionary holds, by key, and itself as "".
    func groups() -> [String: [String: TorchTensor]] {
        guard let root = graph.dictionary(graph.root) else { return [:] }
        var groups = root.compactMapValues { value in graph.dictionary(value).map { $0.compactMapValues(graph.tensor) }
        }
        groups[""] = root.compactMapValues(graph.tensor)
        return groups.filter { !$0.value.isEmpty }
    }

    /// Finds a tensor's elements in the file.
    /// - Throws: `CheckpointError.malformedTensor` if they are not all there, or are of a type that is not read.
    func locate(_ tensor: TorchTensor, name: String) throws(CheckpointError) -> StoredTensor {
        func refuse(_ reason: String) -> CheckpointError {
            .malformedTensor(file: source.path, tensor: name, reason: reason)
        }
        let storage = tensor.storage
        guard let type = storage.elementType, type != .int64 else {
            throw refuse(
                "holds \(storage.typeName.prefix(60)), expected FloatStorage, HalfStorage or BFloat16Storage")
        }
        guard let entry = archive.entries["\(prefix)data/\(storage.key)"] else {
            throw refuse("its storage data/\(storage.key.prefix(60)) is not in the archive")
        }
        let range = try archive.range(of: entry)
        guard storage.elementCount <= range.count / type.byteCount else {
            throw refuse("its storage has \(range.count) bytes, too few for \(storage.elementCount) elements")
        }
        var fault = ""
        let stored = StoredTensor(
            type: type, shape: tensor.shape, strides: tensor.strides, offset: tensor.offset,
            storage: range.lowerBound..<range.lowerBound + storage.elementCount * type.byteCount, fault: &fault)
        guard let stored else { throw refuse(fault) }
        return stored
    }
}
