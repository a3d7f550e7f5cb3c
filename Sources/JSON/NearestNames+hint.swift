extension NearestNames {
    /// What to say behind the name of something that does not exist: `; did you mean gtr-16?`, else what there is.
    ///
    /// - Parameters:
    ///   - name: what was asked for.
    ///   - known: everything that there is.
    package static func hint(for name: String, among known: [String]) -> String {
        let near = find(name, among: known)
        if !near.isEmpty { return "; did you mean \(listed(near, "or"))?" }
        switch known.count {
        case 0: return "; there is none"
        case 1: return "; there is only \(known[0])"
        default: return "; there are \(listed(known, "and"))"
        }
    }

    /// The nearest of some names, without regard to case and to what stands between words.
    package static func find(_ name: String, among known: [String]) -> [String] {
        // Folding a long text takes time too.
        guard name.utf8.count <= 4 * lengthLimit else { return [] }
        let wanted = folded(name)
        guard wanted.count <= lengthLimit else { return [] }
        let candidates = known.map { Name(folded: folded($0), name: $0) }
        // The same word in other letters leaves nothing to choose.
        if let same = candidates.first(where: { $0.folded == wanted && !wanted.isEmpty }) { return [same.name] }
        var comparisons = 0
        // A part of a name that short is in nearly every one.
        let near = find(wanted, among: wanted.count < 3 ? [] : candidates, &comparisons)
        let containing = candidates.filter { $0.folded.count >= 3 && wanted.starts(with: $0.folded) }.map(\.name)
        return near.isEmpty ? Array(containing.prefix(1)) : near
    }

    /// Slips between two words; nil if one of them is too long to be a word.
    package static func distance(_ a: String, _ b: String) -> Int? {
        guard max(a.utf8.count, b.utf8.count) <= 4 * lengthLimit else { return nil }
        let (a, b) = (folded(a), folded(b))
        return max(a.count, b.count) > lengthLimit ? nil : editDistance(a, b)
    }

    private static func folded(_ name: String) -> [UInt8] {
        Array(name.lowercased().utf8.filter { !"-_. ".utf8.contains($0) })
    }

    private static func listed(_ names: [String], _ last: String) -> String {
        names.count < 2
            ? names.joined() : names.dropLast().joined(separator: ", ") + " \(last) " + names[names.count - 1]
    }
}
