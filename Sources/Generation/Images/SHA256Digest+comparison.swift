internal import CNettle

extension SHA256Digest {
    /// Compares all of it, whatever differs first: for digests of secrets.
    package func equalsInConstantTime(_ other: SHA256Digest) -> Bool {
        let (mine, others) = (Array(description.utf8), Array(other.description.utf8))
        precondition(mine.count == others.count)
        return unsafe nettle_memeql_sec(mine, others, mine.count) != 0
    }

    /// nil unless it is 64 lower-case hexadecimal digits.
    package init?(hexadecimal text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else { return nil }
        description = text
    }
}
