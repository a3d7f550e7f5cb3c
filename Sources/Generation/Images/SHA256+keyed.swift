internal import CNettle

extension SHA256 {
    /// HMAC-SHA-256 (RFC 2104) of a message, 32 bytes.
    package static func keyed(by key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var context = hmac_sha256_ctx()
        unsafe nettle_hmac_sha256_set_key(&context, key.count, key)
        unsafe nettle_hmac_sha256_update(&context, message.count, message)
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        unsafe nettle_hmac_sha256_digest(&context, digest.count, &digest)
        return digest
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits for each byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef")
        return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
