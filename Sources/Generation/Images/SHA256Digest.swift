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
        let digits = Array("0123456789abcdef")
        description = String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
