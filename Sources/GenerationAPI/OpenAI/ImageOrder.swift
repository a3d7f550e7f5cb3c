import Generation
import JSON
import Sampler

/// What a client of OpenAI's image route asks for: a submission, and what it wants to get of it.
struct ImageOrder {
    /// How good is good enough, in OpenAI's words.
    enum Quality: String, CaseIterable {
        case low, medium, high, auto

        /// nil: the model's own.
        var preset: SamplerPreset? {
            switch self {
            case .low: .gtr16
            case .medium: .gtr32
            case .high: .mar64
            case .auto: nil
            }
        }

        /// The word for a preset; `auto` for one that has none.
        init(of preset: SamplerPreset) {
            self = Self.allCases.first { $0.preset == preset } ?? .auto
        }
    }

    /// How an image comes.
    enum Delivery: String, CaseIterable {
        case base64 = "b64_json"
        case url
    }

    /// What is behind a picture: these have no transparency.
    enum Background: String, CaseIterable {
        case auto, opaque
    }

    static let counts = 1...10
    static let partialImageCounts = 0...3

    var submission = GenerationSubmission()
    /// `WxH`; nil: the model's.
    var size: String?
    var delivery = Delivery.base64
    var isStreamed = false
    /// Previews of each image before it is done, at most; only of a stream.
    var partialImageCount = 0
}

extension ImageOrder {
    /// Checks what was read, and fills in the rest.
    ///
    /// - Throws: all that is wrong, by the names of this route.
    func resolve(models: [ServedModel], limits: APILimits) throws(FieldErrors) -> GenerationRequest {
        var errors = FieldErrors()
        if let count = submission.count {
            _ = errors.checked(count, in: 1...min(Self.counts.upperBound, limits.maximumCount), at: "/n")
        }
        if let size, let model = model(among: models), size != model.size {
            errors.append("/size", "must be \(model.size) or auto for \(model.name), not \"\(size.prefix(100))\"")
        }
        var request: GenerationRequest?
        do {
            request = try submission.resolve(models: models, limits: limits)
        } catch {
            errors.append(unlessReported: error.renamed(["/class": "/prompt", "/count": "/n"]))
        }
        guard errors.isEmpty, let request else { throw errors }
        return request
    }

    /// The model that is asked for; nil if there is none of its name.
    func model(among models: [ServedModel]) -> ServedModel? {
        submission.model.map { name in models.first { $0.name == name } } ?? models.first
    }
}

extension ServedModel {
    /// Of its images, as OpenAI writes it.
    var size: String { "\(imageWidth)x\(imageHeight)" }
}

extension FieldErrors {
    /// The same faults of fields that the client knows by other names.
    ///
    /// - Parameter names: pointers by our own pointers.
    fileprivate func renamed(_ names: [String: String]) -> FieldErrors {
        FieldErrors(
            fields.map { field in
                FieldError(pointer: names[field.pointer] ?? field.pointer, detail: field.detail, kind: field.kind)
            })
    }
}
