import Generation

/// Name of a job. Whoever knows it may read and cancel the job, so it cannot be guessed.
package struct JobID: Sendable, Hashable, CustomStringConvertible, LosslessStringConvertible {
    /// `gen_` and 26 characters of 5 random bits each: 130 bits from the system's generator.
    package let description: String

    private static let prefix = "gen_"
    private static let characterCount = 26
    /// Base 32 in Crockford's order, lower case: no i, l, o, u to misread.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

    /// What ids look like, in words.
    package static let form = "an id is \(prefix) and \(characterCount) letters and digits"

    /// Draws a new one.
    package init() {
        let characters = (0..<Self.characterCount).map { _ in Self.alphabet[Int.random(in: Self.alphabet.indices)] }
        description = Self.prefix + String(characters)
    }

    /// nil unless the text has the form of a job id.
    package init?(_ description: String) {
        let characters = description.dropFirst(Self.prefix.count)
        guard
            description.hasPrefix(Self.prefix), characters.count == Self.characterCount,
            characters.allSatisfy(Self.alphabet.contains)
        else { return nil }
        self.description = description
    }
}

extension JobID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = Self(text) else { throw DecodingError.invalid("no job id: \"\(text.prefix(100))\"", decoder) }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
