import Generation
import JSON
import Sampler

extension ImageOrder {
    /// Reads the body of `POST /v1/images/generations`. A field that is null is absent, as the clients' types have it.
    ///
    /// - Returns: what could be read, and what is wrong with the rest.
    static func read(_ document: JSONValue) -> (order: ImageOrder, errors: FieldErrors) {
        guard case .object(let members) = document else {
            let error = FieldErrors.FieldError(
                pointer: "", detail: "the body must be an object, not \(document.kind)", kind: .wrongType)
            return (ImageOrder(), FieldErrors([error]))
        }
        var reader = FieldReader(members, ignoresNull: true)
        var errors = FieldErrors()
        var order = ImageOrder()
        order.submission.classReference = readPrompt(&reader)
        order.submission.model = reader.string("model")
        order.submission.count = reader.integer("n")
        order.size = reader.string("size").flatMap { $0 == "auto" ? nil : $0 }
        let quality: Quality? = reader.string("quality").flatMap { errors.checked($0, at: "/quality") }
        order.delivery =
            reader.string("response_format").flatMap { errors.checked($0, at: "/response_format") } ?? .base64
        if let format = reader.string("output_format"), format != "png" {
            errors.append("/output_format", "must be png, not \"\(format.prefix(100))\"")
        }
        if let name = reader.string("background") { let _: Background? = errors.checked(name, at: "/background") }
        order.isStreamed = reader.flag("stream") ?? false
        order.partialImageCount =
            reader.integer("partial_images")
            .map { errors.checked($0, in: partialImageCounts, at: "/partial_images") } ?? 0
        order.submission.previews = order.partialImageCount > 0
        order.submission.seed = reader.integer("seed")
        order.submission.guidance = reader.number("guidance")
        order.submission.sampler = .read(from: &reader)
        if let preset = quality?.preset {
            if reader.value("sampler") != nil {
                errors.append("/quality", "names a sampler as sampler does: leave one of them out")
            } else {
                order.submission.sampler.preset = preset.rawValue
            }
        }
        // There is nothing here to moderate, and nobody who looks at users.
        for name in ["moderation", "user", "safety_identifier"] { _ = reader.value(name) }
        reader.finish(otherNames: otherNames)
        order.checkStream(&errors)
        var found = reader.errors
        found.append(contentsOf: errors)
        return (order, found)
    }

    /// What people write who know the other path of this service, or another program.
    private static let otherNames =
        FieldNames.ofSubmission
        .mapValues { ["class": "prompt", "count": "n"][$0] ?? $0 }
        .merging(["class": "prompt", "count": "n", "format": "output_format", "previews": "partial_images"]) { $1 }

    private static func readPrompt(_ reader: inout FieldReader) -> GenerationSubmission.ClassReference? {
        switch reader.value("prompt") {
        case nil: nil
        case .string(let name): .name(name)
        case .number(let number): reader.integer(.number(number), named: "prompt").map { .id($0) }
        case .some(let other): reader.mismatch("prompt", other, expected: "a class's name or number")
        }
    }

    private func checkStream(_ errors: inout FieldErrors) {
        if isStreamed, delivery == .url {
            errors.append("/response_format", "must be b64_json where stream is true: events carry the image itself")
        }
        if !isStreamed, partialImageCount > 0 {
            errors.append("/partial_images", "must be 0 unless stream is true, not \(partialImageCount)")
        }
    }
}
