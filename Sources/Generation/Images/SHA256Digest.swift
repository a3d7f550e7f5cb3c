/// A SHA-256 digest, written in hexadecimal.
package struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package let description: String

    package init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(bytes)
        self.init(hash)
    }

    /// Of everything that was fed to it.
    package init(_ hash: consuming SHA256) {
        description = hash.finalize().hexadecimal
    }
}

extension SHA256Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard text.utf8.count == 64, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
            throw DecodingError.invalid("no SHA-256 digest: \"\(text.prefix(100))\"", decoder)
        }
        description = text
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
