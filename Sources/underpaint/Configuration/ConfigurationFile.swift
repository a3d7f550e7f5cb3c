import Foundation
import Glibc
import Yams

/// The values of a YAML file, flattened to key paths. Whether the keys exist is for the caller to say.
struct ConfigurationFile {
    let values: [SuppliedValue]

    /// - Throws: `ConfigurationError.unreadableFile`, `.malformedFile`.
    init(path: String) throws(ConfigurationError) {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            // Of a folder the system says least.
            var isFolder = false
            if let found = try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]).isDirectory {
                isFolder = found
            }
            let fault = isFolder ? FileFault(path, code: EISDIR) : FileFault(path, error)
            throw .unreadableFile(path: path, reason: fault.reason)
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw .malformedFile(path: path, reason: "\(error)")
        }
        var flattener = Flattener(file: path)
        if let root, !root.isNothing {
            guard let mapping = root.mapping else {
                throw .malformedFile(path: path, reason: "it must be a mapping of sections")
            }
            try flattener.add(mapping, below: nil)
        }
        values = flattener.values
    }
}

/// Walks down sections; anything below that is one value.
private struct Flattener {
    let file: String
    var values: [SuppliedValue] = []

    init(file: String) { self.file = file }

    mutating func add(_ mapping: Node.Mapping, below section: String?) throws(ConfigurationError) {
        for (keyNode, node) in mapping {
            let line = keyNode.mark?.line ?? 0
            guard let name = keyNode.scalar?.string else {
                throw .malformedFile(path: file, reason: "line \(line): a key must be a name")
            }
            let path = section.map { "\($0).\(name)" } ?? name
            guard ConfigurationKey.isSection(path) else {
                values.append(
                    SuppliedValue(path: path, content: node.content, origin: .file(path: file, line: line)))
                continue
            }
            // A section whose keys are all commented out is an empty one.
            if node.isNothing { continue }
            guard let nested = node.mapping else {
                throw .unacceptableValue(
                    key: path, value: node.content, expectation: "a section of keys",
                    origin: .file(path: file, line: line))
            }
            try add(nested, below: path)
        }
    }
}

extension Node {
    fileprivate var isNothing: Bool { content == .nothing }

    fileprivate var content: SuppliedValue.Content {
        guard let scalar else { return .collection }
        if scalar.style != .plain { return .quoted(scalar.string) }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string) ? .nothing : .text(scalar.string)
    }
}
