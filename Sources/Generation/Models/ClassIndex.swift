import JSON

/// Finds classes by number, name, synonym or WordNet id.
package struct ClassIndex: Sendable {
    /// Why a class was not found.
    package enum LookupError: Error, Equatable, CustomStringConvertible {
        case unknownID(Int, classCount: Int)
        case unknownName(String, nearest: [String])
        case ambiguous(String, candidates: [ModelClass])

        package var description: String {
            switch self {
            case .unknownID(let id, let classCount): "no class has the number \(id); there are \(classCount) classes"
            case .unknownName(let name, let nearest):
                "unknown class \"\(name.prefix(100))\""
                    + (nearest.isEmpty ? "" : "; near it: " + nearest.joined(separator: ", "))
            case .ambiguous(let name, let candidates):
                "\"\(name)\" may be "
                    + candidates.map { "\($0.id) (\($0.allReferences.joined(separator: ", ")))" }
                    .joined(separator: " or ") + ": give the number"
            }
        }
    }

    private let classes: [ModelClass]
    private let byID: [Int: ModelClass]
    /// Classes by each of their names and by their WordNet id, folded.
    private let byName: [String: [ModelClass]]
    /// UTF-8 of what each of `classes` may be called, folded.
    private let references: [[[UInt8]]]
    private let names: [NearestNames.Name]
    /// Bytes of the longest of `references`.
    private let longestReference: Int
    /// Bytes. Folding only takes space away, and nobody types so much of it.
    private let longestText: Int

    package init(_ classes: [ModelClass]) {
        self.classes = classes
        byID = Dictionary(classes.map { ($0.id, $0) }) { first, _ in first }
        var byName: [String: [ModelClass]] = [:]
        for modelClass in classes {
            for name in Set(modelClass.allReferences.map(Self.folded)) { byName[name, default: []].append(modelClass) }
        }
        self.byName = byName
        references = classes.map { $0.allReferences.map { Array(Self.folded($0).utf8) } }
        names = classes.flatMap { modelClass in
            modelClass.allNames.map { NearestNames.Name(folded: Array(Self.folded($0).utf8), name: $0) }
        }
        longestReference = references.joined().map(\.count).max() ?? 0
        longestText = (classes.flatMap(\.allReferences).map(\.utf8.count).max() ?? 0) + 64
    }

    package func find(_ reference: GenerationSubmission.ClassReference) throws(LookupError) -> ModelClass {
        switch reference {
        case .id(let id):
            guard let found = byID[id] else { throw .unknownID(id, classCount: classes.count) }
            return found
        case .name(let name):
            var comparisons = 0
            return try find(named: name, &comparisons)
        }
    }

    /// Classes with this in one of their names or in their WordNet id, or as their number; all for an empty text.
    package func search(_ text: String) -> [ModelClass] {
        var comparisons = 0
        return search(text, &comparisons)
    }

    /// - Parameter comparisons: grows by the bytes compared, at most twice as many as all names have.
    func search(_ text: String, _ comparisons: inout Int) -> [ModelClass] {
        guard text.utf8.count <= longestText else { return [] }
        let wanted = Self.folded(text)
        if wanted.isEmpty { return classes }
        if let id = Int(wanted), String(id) == wanted, let found = byID[id] {
            return withNumber(found, or: matches(of: wanted, &comparisons))
        }
        return matches(of: wanted, &comparisons)
    }

    private func matches(of wanted: String, _ comparisons: inout Int) -> [ModelClass] {
        guard wanted.utf8.count <= longestReference else { return [] }
        let pattern = BytePattern(Array(wanted.utf8))
        var found: [ModelClass] = []
        for (modelClass, references) in zip(classes, references) {
            for reference in references where pattern.occurs(in: reference, &comparisons) {
                found.append(modelClass)
                break
            }
        }
        return found
    }

    /// In the order of the classes.
    private func withNumber(_ numbered: ModelClass, or matches: [ModelClass]) -> [ModelClass] {
        let ids = Set(matches.map(\.id)).union([numbered.id])
        return classes.filter { ids.contains($0.id) }
    }

    func find(named name: String, _ comparisons: inout Int) throws(LookupError) -> ModelClass {
        guard name.utf8.count <= longestText else { throw .unknownName(name, nearest: []) }
        let folded = Self.folded(name)
        if let found = byName[folded] {
            guard let first = found.first, found.count == 1 else { throw .ambiguous(name, candidates: found) }
            return first
        }
        if folded.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let id = Int(folded),
            let found = byID[id]
        {
            return found
        }
        throw .unknownName(name, nearest: NearestNames.find(Array(folded.utf8), among: names, &comparisons))
    }

    /// Case, and what stands between words, do not matter.
    private static func folded(_ name: String) -> String {
        name.lowercased().split { $0.isWhitespace || $0 == "-" || $0 == "_" }.joined(separator: " ")
    }
}
