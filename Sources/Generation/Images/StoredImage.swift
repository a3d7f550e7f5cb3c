/// What is known of a finished image without its bytes.
package struct ImageFacts: Sendable, Equatable, Codable {
    package var index: Int
    package var seed: UInt64
    package var width: Int
    package var height: Int
    package var byteCount: Int
    package var sha256: SHA256Digest

    package init(index: Int, seed: UInt64, width: Int, height: Int, byteCount: Int, sha256: SHA256Digest) {
        self.index = index
        self.seed = seed
        self.width = width
        self.height = height
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}

/// A finished image: its PNG, and what is known of it.
package struct StoredImage: Sendable, Equatable {
    package let facts: ImageFacts
    package let png: [UInt8]

    package init(facts: ImageFacts, png: [UInt8]) {
        self.facts = facts
        self.png = png
    }

    package init(_ image: GeneratedImage) {
        facts = ImageFacts(
            index: image.index, seed: image.seed, width: image.width, height: image.height,
            byteCount: image.png.count, sha256: SHA256Digest(of: image.png))
        png = image.png
    }
}
