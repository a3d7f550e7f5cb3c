import Foundation
import Generation
import GenerationAPI
import JobQueue
import Yams

/// The file of keys: a YAML list with one mapping for each key. Form: `docs/operations.md`.
struct KeyFile {
    let keys: [AccessKey]

    /// - Throws: `KeyFileError` for the first thing that is wrong.
    init(path: String) throws(KeyFileError) {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw KeyFileError(path: path, line: nil, detail: "cannot be read: \(error.localizedDescription)")
        }
        try self.init(yaml: text, path: path)
    }

    init(yaml: String, path: String) throws(KeyFileError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw KeyFileError(path: path, line: nil, detail: "is not YAML: \(error)")
        }
        guard let list = root?.sequence else {
            throw KeyFileError(
                path: path, line: nil, detail: "must be a list of keys (`underpaint key new` prints one; `[]`: no keys)"
            )
        }
        var keys: [AccessKey] = []
        var lines: [String: Int] = [:]
        for node in list {
            let reader = KeyReader(path: path, line: node.mark?.line)
            let key = try reader.key(node)
            for identity in ["the name \(key.name)", "the key of \(key.digest)"] {
                if let line = lines.updateValue(reader.line ?? 0, forKey: identity) {
                    throw reader.fault("\(identity) is on line \(line) already")
                }
            }
            keys.append(key)
        }
        self.keys = keys
    }
}

/// What is wrong with a file of keys, and where.
struct KeyFileError: Error, Equatable, CustomStringConvertible {
    let path: String
    let line: Int?
    let detail: String

    var description: String { "the file of keys \(path)\(line.map { ", line \($0)" } ?? ""): \(detail)" }
}

/// Reads one key of the list.
private struct KeyReader {
    let path: String
    let line: Int?

    private enum Field: String, CaseIterable { case name, sha256, scopes, rate, burst, share }

    func fault(_ detail: String) -> KeyFileError { KeyFileError(path: path, line: line, detail: detail) }

    func key(_ node: Node) throws(KeyFileError) -> AccessKey {
        let fields = try fields(of: node)
        let name = try text(.name, in: fields)
        guard AccessKey.isName(name) else {
            throw fault("name must be 1...64 of A-Z a-z 0-9 - _ . and not \"\(name.prefix(100))\"")
        }
        let hash = try text(.sha256, in: fields)
        guard let digest = SHA256Digest(hexadecimal: hash) else {
            throw fault("sha256 must be the hash of the key, 64 digits 0-9 a-f, not \"\(hash.prefix(100))\"")
        }
        return AccessKey(
            name: name, digest: digest, scopes: try scopes(fields[.scopes]), rate: try rate(fields),
            share: try share(fields[.share]))
    }

    private func fields(of node: Node) throws(KeyFileError) -> [Field: Node] {
        guard let mapping = node.mapping else {
            throw fault("a key must be a mapping: {name: ..., sha256: ..., scopes: [...]}")
        }
        var fields: [Field: Node] = [:]
        for (nameNode, value) in mapping {
            let name = nameNode.scalar?.string ?? ""
            guard let field = Field(rawValue: name) else {
                let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw fault("a key has no \"\(name.prefix(100))\"; it has \(known)")
            }
            fields[field] = value
        }
        return fields
    }

    private func text(_ field: Field, in fields: [Field: Node]) throws(KeyFileError) -> String {
        guard let node = fields[field] else { throw fault("\(field.rawValue) is missing") }
        guard let text = node.scalar?.string else { throw fault("\(field.rawValue) must be text") }
        return text
    }

    private func scopes(_ node: Node?) throws(KeyFileError) -> Set<AccessScope> {
        let known = AccessScope.allCases.map(\.rawValue).joined(separator: ", ")
        guard let list = node?.sequence, !list.isEmpty else { throw fault("scopes must be a list of \(known)") }
        var scopes: Set<AccessScope> = []
        for node in list {
            let name = node.scalar?.string ?? ""
            guard let scope = AccessScope(rawValue: name) else {
                throw fault("there is no scope \"\(name.prefix(100))\"; there are \(known)")
            }
            scopes.insert(scope)
        }
        return scopes
    }

    private func rate(_ fields: [Field: Node]) throws(KeyFileError) -> WorkRate? {
        guard fields[.rate] != nil else {
            if fields[.burst] != nil { throw fault("burst is of no use without rate") }
            return nil
        }
        let (rate, burst) = (
            try text(.rate, in: fields), fields[.burst] == nil ? nil : try text(.burst, in: fields)
        )
        do {
            return try WorkRate(rate: rate, burst: burst)
        } catch {
            throw fault("\(error)")
        }
    }

    private func share(_ node: Node?) throws(KeyFileError) -> Int {
        guard let node else { return 1 }
        guard let share = node.scalar.flatMap({ Int($0.string) }), JobOwner.shares.contains(share) else {
            throw fault("share must be an integer \(JobOwner.shares)")
        }
        return share
    }
}
