/// What somebody may have meant by a name that does not exist.
enum NearestNames {
    private static let suggestionLimit = 3
    /// Longer texts are no typing errors, and comparing them takes time.
    private static let lengthLimit = 64

    /// - Parameters:
    ///   - text: what was asked for, folded like the keys of `names`.
    ///   - names: folded form and the form to suggest.
    /// - Returns: at most three, the nearest first.
    static func find(_ text: String, among names: [(folded: String, name: String)]) -> [String] {
        guard !text.isEmpty, text.count <= lengthLimit else { return [] }
        var suggestions: [(distance: Int, name: String)] = []
        for (folded, name) in names {
            // A part of a name is as near as a single slip.
            let distance = folded.contains(text) ? 1 : editDistance(Array(text.utf8), Array(folded.utf8))
            if distance <= max(1, text.utf8.count / 3) { suggestions.append((distance, name)) }
        }
        return suggestions.enumerated()
            .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
            .prefix(suggestionLimit).map(\.element.name)
    }

    /// Levenshtein distance, a row of the table at a time.
    private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
