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

    package init(_ classes: [ModelClass]) {
        self.classes = classes
        byID = Dictionary(classes.map { ($0.id, $0) }) { first, _ in first }
        var byName: [String: [ModelClass]] = [:]
        for modelClass in classes {
            for name in Set(modelClass.allReferences.map(Self.folded)) { byName[name, default: []].append(modelClass) }
        }
        self.byName = byName
    }

    package func find(_ reference: GenerationSubmission.ClassReference) throws(LookupError) -> ModelClass {
        switch reference {
        case .id(let id):
            guard let found = byID[id] else { throw .unknownID(id, classCount: classes.count) }
            return found
        case .name(let name):
            return try find(named: name)
        }
    }

    /// Classes with this in one of their names or in their WordNet id, or as their number; all for an empty text.
    package func search(_ text: String) -> [ModelClass] {
        let wanted = Self.folded(text)
        if wanted.isEmpty { return classes }
        return classes.filter { modelClass in
            String(modelClass.id) == wanted || modelClass.allReferences.contains { Self.folded($0).contains(wanted) }
        }
    }

    private func find(named name: String) throws(LookupError) -> ModelClass {
        let folded = Self.folded(name)
        if let found = byName[folded] {
            guard let first = found.first, found.count == 1 else { throw .ambiguous(name, candidates: found) }
            return first
        }
        if let id = Int(folded), let found = byID[id] { return found }
        let names = classes.flatMap { modelClass in modelClass.allNames.map { (Self.folded($0), $0) } }
        throw .unknownName(name, nearest: NearestNames.find(folded, among: names))
    }

    /// Case, and what stands between words, do not matter.
    private static func folded(_ name: String) -> String {
        name.lowercased().split { $0.isWhitespace || $0 == "-" || $0 == "_" }.joined(separator: " ")
    }
}
