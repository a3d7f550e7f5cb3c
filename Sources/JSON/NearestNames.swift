/// What somebody may have meant by a name that does not exist.
package enum NearestNames {
    package struct Name: Sendable {
        /// UTF-8 of the folded form.
        package let folded: [UInt8]
        /// The form to suggest.
        package let name: String

        package init(folded: [UInt8], name: String) {
            self.folded = folded
            self.name = name
        }
    }

    private static let suggestionLimit = 3
    /// Bytes. Longer texts are no typing errors, and comparing them takes time.
    static let lengthLimit = 64

    /// - Parameters:
    ///   - text: what was asked for, folded like the names, in UTF-8.
    ///   - comparisons: grows by the bytes compared.
    /// - Returns: at most three, the nearest first.
    package static func find(_ text: [UInt8], among names: [Name], _ comparisons: inout Int) -> [String] {
        guard !text.isEmpty, text.count <= lengthLimit else { return [] }
        let pattern = BytePattern(text)
        let farthest = max(1, text.count / 3)
        var suggestions: [(distance: Int, name: String)] = []
        for candidate in names {
            // A part of a name is as near as a single slip.
            if pattern.occurs(in: candidate.folded, &comparisons) {
                suggestions.append((1, candidate.name))
                continue
            }
            // As many slips as the lengths differ by are certain.
            guard abs(candidate.folded.count - text.count) <= farthest else { continue }
            comparisons += text.count * candidate.folded.count
            let distance = editDistance(text, candidate.folded)
            if distance <= farthest { suggestions.append((distance, candidate.name)) }
        }
        return suggestions.enumerated()
            .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
            .prefix(suggestionLimit).map(\.element.name)
    }

    /// Levenshtein distance, a row of the table at a time.
    static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
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
