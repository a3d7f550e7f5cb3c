package import Generation

/// The key itself, which is shown once and stored nowhere.
package struct KeyText: Sendable, CustomStringConvertible {
    /// Says to whoever finds it what it is.
    private static let prefix = "up_"
    /// 62 signs: 190 bits.
    private static let length = 32
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    package let description: String

    /// A new one, from the system's random numbers.
    package init() {
        var source = SystemRandomNumberGenerator()
        let signs = (0..<Self.length).map { _ in Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &source)]
        }
        description = Self.prefix + String(signs)
    }

    package var digest: SHA256Digest { SHA256Digest(of: description.utf8) }
}
