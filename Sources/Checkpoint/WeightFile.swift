import Foundation

/// A file with named tensors: a PyTorch checkpoint or a safetensors file. They come in groups, of which a file may have
/// several (`model`, `model_ema`); the group of names without a prefix is "".
package struct WeightFile {
    private enum Format {
        case torch(TorchCheckpoint, groups: [String: [String: TorchTensor]])
        case safetensors(groups: [String: [String: StoredTensor]])
    }

    package let source: any ByteSource
    private let format: Format

    /// - Parameter prefixes: names of groups, which safetensors files write before each name: `model_ema.mask_token`.
    package init(path: String, prefixes: [String]) throws(CheckpointError) {
        let file = try RandomAccessFile(path: path)
        let start = try file.bytes(at: 0, count: min(4, file.byteCount))
        switch start {
        case [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06]:
            try self.init(torch: file)
        case _ where start.count == 4 && start[0] == 0x80 && start[2] == 0x8A:
            throw .malformedArchive(
                file: path, reason: "it was saved in the format before PyTorch 1.6; load it and torch.save it again")
        default:
            let header = try SafetensorsFile(path: path)
            self.init(file, header.storedTensors(), prefixes: prefixes)
        }
    }

    package init(torch source: any ByteSource) throws(CheckpointError) {
        self.source = source
        let checkpoint = try TorchCheckpoint(source)
        format = .torch(checkpoint, groups: checkpoint.groups())
    }

    private init(_ source: any ByteSource, _ tensors: [String: StoredTensor], prefixes: [String]) {
        self.source = source
        var groups: [String: [String: StoredTensor]] = [:]
        for (name, tensor) in tensors {
            let prefix = prefixes.first { name.hasPrefix($0 + ".") }
            groups[prefix ?? "", default: [:]][String(name.dropFirst(prefix.map { $0.count + 1 } ?? 0))] = tensor
        }
        format = .safetensors(groups: groups)
    }

    package var path: String { source.path }

    package var groupNames: Set<String> {
        switch format {
        case .torch(_, let groups): Set(groups.keys)
        case .safetensors(let groups): Set(groups.keys)
        }
    }

    package func shapes(of group: String) -> [String: [Int]] {
        switch format {
        case .torch(_, let groups): groups[group, default: [:]].mapValues(\.shape)
        case .safetensors(let groups): groups[group, default: [:]].mapValues(\.shape)
        }
    }

    /// - Throws: `CheckpointError` if the tensor is not there, not whole or of a type that is not read.
    package func tensor(_ name: String, of group: String) throws(CheckpointError) -> StoredTensor {
        switch format {
        case .torch(let checkpoint, let groups):
            guard let tensor = groups[group]?[name] else { throw .missingTensor(file: path, tensor: name) }
            return try checkpoint.locate(tensor, name: name)
        case .safetensors(let groups):
            guard let tensor = groups[group]?[name] else { throw .missingTensor(file: path, tensor: name) }
            guard tensor.type.isFloating else {
                throw .malformedTensor(
                    file: path, tensor: name, reason: "holds \(tensor.type.rawValue), expected F32, F16 or BF16")
            }
            return tensor
        }
    }
}
