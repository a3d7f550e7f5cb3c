internal import CNettle

/// SHA-256 (FIPS 180-4), fed piece by piece; nettle computes, with the processor's instructions where it has them.
package struct SHA256 {
    private var context = sha256_ctx()

    package init() {
        unsafe nettle_sha256_init(&context)
    }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        update(Array(bytes))
    }

    package mutating func update(_ bytes: [UInt8]) {
        unsafe nettle_sha256_update(&context, bytes.count, bytes)
    }

    /// The digest of everything so far, 32 bytes.
    package consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        unsafe nettle_sha256_digest(&context, digest.count, &digest)
        return digest
    }
}
