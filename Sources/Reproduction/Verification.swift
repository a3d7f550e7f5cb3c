package import Generation
package import JSON
import PNGEncoder

/// What came of making an image again.
package struct Verification: Sendable, Equatable {
    /// Whether the files are the same, byte by byte.
    package let isIdentical: Bool
    /// nil if the image was not made again, because the weights are others.
    package let hasSamePixels: Bool?
    /// Empty if the files are the same.
    package let differences: [ImageDifference]
    /// What made the other image, or would have.
    package let maker: ImageOrigin?
}

extension SignedImage {
    /// What can be said without making the image again: with other weights it is another image.
    ///
    /// - Parameter weights: SHA-256 of the weights that are here.
    /// - Returns: nil if it is worth making it.
    package func verification(withWeights weights: String) -> Verification? {
        guard let origin, origin.weights != weights else { return nil }
        return Verification(
            isIdentical: false, hasSamePixels: nil,
            differences: [.maker(.weights, file: origin.weights, here: weights)], maker: nil)
    }

    /// - Parameter png: the image that was made from this one's request.
    /// - Throws: `PNGError` if that is no PNG.
    package func verification(against png: [UInt8]) throws -> Verification {
        let other = try PNGFile(png, widest: .max, highest: .max)
        let maker = other.text(of: PNGMetadata.origin).flatMap { try? JSONParser.parse(Array($0.utf8)) }
            .flatMap(ImageOrigin.init)
        let digest = SHA256Digest(of: png)
        if digest == sha256 {
            return Verification(isIdentical: true, hasSamePixels: true, differences: [], maker: maker)
        }
        let visible = image.difference(from: other.image)
        return Verification(
            isIdentical: false, hasSamePixels: visible == nil,
            differences: differences(from: maker)
                + [visible ?? .bytes(file: sha256.description, here: digest.description)], maker: maker)
    }

    /// Facts of the makers that differ, where both are known.
    private func differences(from here: ImageOrigin?) -> [ImageDifference] {
        guard let origin, let here else { return [] }
        let facts: [(ImageDifference.Fact, String, String)] = [
            (.version, origin.maker.version, here.maker.version), (.engine, origin.maker.engine, here.maker.engine),
            (.precision, origin.maker.precision, here.maker.precision), (.weights, origin.weights, here.weights),
        ]
        return facts.filter { $0.1 != $0.2 }.map { .maker($0.0, file: $0.1, here: $0.2) }
    }
}

extension PNGImage {
    /// nil if a viewer shows the same. Grey is the same as RGB with three equal values.
    fileprivate func difference(from other: PNGImage) -> ImageDifference? {
        guard width == other.width, height == other.height else {
            return .size(file: "\(width) x \(height)", here: "\(other.width) x \(other.height)")
        }
        let channelCount = max(channels, other.channels)
        let (mine, theirs) = (values(channelCount: channelCount), other.values(channelCount: channelCount))
        var (count, largest) = (0, 0)
        for (a, b) in zip(mine, theirs) where a != b {
            count += 1
            largest = max(largest, abs(Int(a) - Int(b)))
        }
        return count == 0 ? nil : .pixels(count: count, of: mine.count, largest: largest)
    }

    private func values(channelCount: Int) -> [UInt8] {
        channelCount == channels ? pixels : pixels.flatMap { [$0, $0, $0] }
    }
}

extension Verification {
    /// - Parameters:
    ///   - request: the one in the image.
    ///   - job: name of the job that made the image again; nil: none did.
    package func document(
        of image: SignedImage, _ request: GenerationRequest, job: (any CustomStringConvertible)?
    ) -> JSONValue {
        .record([
            "identical": .bool(isIdentical),
            "pixels_identical": hasSamePixels.map { .bool($0) } ?? .null,
            "differs": .array(differences.map(\.json)),
            "settings": request.imageSettingsJSON,
            "made_by": image.origin?.json ?? .null,
            "made_again_by": maker?.json ?? .null,
            "sha256": .string(image.sha256.description),
            "job": job.map { .string($0.description) } ?? .null,
        ])
    }
}
