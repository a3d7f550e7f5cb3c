package import Generation
import JSON
import PNGEncoder

/// A PNG that says what it is: a file from anywhere, so nothing in it is believed before it is checked.
package struct SignedImage: Sendable {
    package let sha256: SHA256Digest
    /// What made it, as far as it says so.
    package let origin: ImageOrigin?
    let image: PNGImage
    private let submission: GenerationSubmission

    /// - Parameters:
    ///   - png: the file.
    ///   - models: those that can have made it; none makes larger images than these.
    /// - Throws: `SignedImageError`.
    package init(_ png: [UInt8], models: [ServedModel]) throws(SignedImageError) {
        let file: PNGFile
        do {
            file = try PNGFile(
                png, widest: models.map(\.imageWidth).max() ?? 1, highest: models.map(\.imageHeight).max() ?? 1)
        } catch {
            if case .tooLarge = error { throw .foreign("\(error), which no model here makes") }
            throw .damaged("\(error)")
        }
        guard let text = file.text(of: PNGMetadata.request) else {
            throw .foreign(
                "it carries no text \(PNGMetadata.request): not made by this service, or with `metadata: false`")
        }
        submission = try Self.submission(text)
        sha256 = SHA256Digest(of: png)
        image = file.image
        origin = file.text(of: PNGMetadata.origin).flatMap { try? JSONParser.parse(Array($0.utf8)) }
            .flatMap(ImageOrigin.init)
    }

    private static func submission(_ text: String) throws(SignedImageError) -> GenerationSubmission {
        do {
            var (submission, errors) = GenerationSubmission.read(try JSONParser.parse(Array(text.utf8)))
            guard errors.isEmpty else { throw errors }
            submission.sampler.takeLiterally()
            return submission
        } catch {
            throw .foreign("its text \(PNGMetadata.request) is no request: \(error)")
        }
    }

    /// The request that makes the image again.
    ///
    /// - Throws: `SignedImageError.foreign` for one that cannot be made with these models, or is not for one image.
    package func request(models: [ServedModel], limits: APILimits) throws(SignedImageError) -> GenerationRequest {
        guard submission.model != nil, submission.seed != nil, submission.count == 1 else {
            throw .foreign("its request must name a model and a seed, and be for 1 image")
        }
        do {
            return try submission.resolve(models: models, limits: limits)
        } catch {
            throw .foreign("its request cannot be made here: \(error)")
        }
    }
}

/// Why a file cannot be made again.
package enum SignedImageError: Error, Equatable, CustomStringConvertible {
    /// No whole PNG.
    case damaged(String)
    /// A PNG that nothing here makes.
    case foreign(String)

    package var description: String {
        switch self {
        case .damaged(let reason), .foreign(let reason): reason
        }
    }
}
