import Generation
import Testing

/// Vectors of FIPS 180-2, appendix B, and of NIST's example values for the empty message.
struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the digest of a short message is the published one`(message: String, digest: String) {
        #expect(SHA256Digest(of: message.utf8).description == digest)
    }

    @Test func `the digest of a million letters a is the published one`() {
        let digest = SHA256Digest(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000))
        #expect(digest.description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(arguments: [1, 55, 56, 63, 64, 65, 100])
    func `a message in pieces has the digest of the whole`(pieceByteCount: Int) {
        let message = (0..<200).map { UInt8($0) }
        var whole = SHA256()
        whole.update(message)
        var pieces = SHA256()
        for start in stride(from: 0, to: message.count, by: pieceByteCount) {
            pieces.update(message[start..<min(start + pieceByteCount, message.count)])
        }
        #expect(pieces.finalize() == whole.finalize())
    }
}
