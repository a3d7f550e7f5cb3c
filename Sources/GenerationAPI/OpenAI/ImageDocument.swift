import FoundationEssentials
import Generation
import JSON
import JobQueue
import Sampler

/// What OpenAI's clients are told of the images of a job.
struct ImageDocument {
    let request: GenerationRequest
    let model: ServedModel

    /// The reply of a request that is not a stream.
    ///
    /// - Parameter images: one object for each, `b64_json` or `url`.
    func reply(_ images: [JSONValue], created: Date) -> JSONValue {
        .record([
            "created": Self.timestamp(created),
            "background": .string(Self.background),
            "data": .array(images),
            "output_format": .string(Self.format),
            // The only words that are allowed here are those of a quality.
            "quality": quality == .auto ? nil : .string(quality.rawValue),
            "size": .string(model.size),
            "usage": usage(imageCount: request.count),
        ])
    }

    /// `image_generation.partial_image`: one image, as far as it is painted.
    ///
    /// - Parameter number: among the partial images of this image, from 0.
    func partial(_ preview: ImagePreview, number: Int, at created: Date) -> JSONValue {
        event("image_generation.partial_image", preview.png, index: preview.index, at: created)
            .adding(["partial_image_index": .integer(number)])
    }

    /// `image_generation.completed`: one image, done.
    func completed(_ image: StoredImage, at created: Date) -> JSONValue {
        event("image_generation.completed", image.png, index: image.facts.index, at: created)
            .adding(["usage": usage(imageCount: 1)])
    }

    /// The members that both events of a stream have. `image_index` is an extra: OpenAI's clients stream one image.
    private func event(_ type: String, _ png: [UInt8], index: Int, at created: Date) -> JSONValue {
        .record([
            "type": .string(type),
            "b64_json": .base64(png),
            "created_at": Self.timestamp(created),
            "background": .string(Self.background),
            "output_format": .string(Self.format),
            "quality": .string(quality.rawValue),
            "size": .string(model.size),
            "image_index": request.count > 1 ? .integer(index) : nil,
        ])
    }

    private static let background = "opaque"
    private static let format = "png"

    private var quality: ImageOrder.Quality { .init(of: request.sampler.preset) }

    /// The class is the one token that goes in; each token of the grid comes out once.
    private func usage(imageCount: Int) -> JSONValue {
        let output = imageCount * model.grid.height * model.grid.width
        return .record([
            "input_tokens": .integer(1),
            "input_tokens_details": .record(["image_tokens": .integer(0), "text_tokens": .integer(1)]),
            "output_tokens": .integer(output),
            "output_tokens_details": .record(["image_tokens": .integer(output), "text_tokens": .integer(0)]),
            "total_tokens": .integer(1 + output),
        ])
    }

    /// Whole seconds.
    private static func timestamp(_ date: Date) -> JSONValue { .integer(Int(date.timeIntervalSince1970)) }
}

extension JSONValue {
    static func base64(_ bytes: [UInt8]) -> JSONValue { .string(Data(bytes).base64EncodedString()) }
}
