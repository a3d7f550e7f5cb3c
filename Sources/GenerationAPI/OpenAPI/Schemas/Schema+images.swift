import Generation
import JSON
import Sampler

extension Schema {
    /// What OpenAI's clients send. A field that is null is absent.
    static func imageOrder(_ limits: APILimits) -> Schema {
        let most = min(ImageOrder.counts.upperBound, limits.maximumCount)
        let fields: [(name: String, schema: Schema)] = [
            ("model", string.nullable),
            (
                "n", integer(1...most).nullable
            ),
            ("size", string.nullable.described("`WxH` of the model, or `auto`.").example(.string("auto"))),
            ("quality", oneOf(ImageOrder.Quality.allCases.map(\.rawValue)).nullable),
            ("response_format", oneOf(ImageOrder.Delivery.allCases.map(\.rawValue)).nullable),
            ("output_format", oneOf(["png"]).nullable),
            ("background", oneOf(ImageOrder.Background.allCases.map(\.rawValue)).nullable),
            ("stream", boolean.nullable),
            ("partial_images", integer(ImageOrder.partialImageCounts).nullable.described("More than 0 with `stream`.")),
            ("seed", integer(APILimits.seeds).nullable), ("guidance", number(APILimits.guidance).nullable),
            ("sampler", any(of: [oneOf(SamplerPreset.allCases.map(\.rawValue)), reference("Sampler")]).nullable),
            ("moderation", Schema([:]).described("Ignored.")), ("user", Schema([:]).described("Ignored.")),
            ("safety_identifier", Schema([:]).described("Ignored.")),
        ]
        let prompt = any(of: [string, count]).described("Name, synonym, WordNet id or number of a class.")
        return object([("prompt", prompt.example(.string("0")))] + fields, required: ["prompt"], isClosed: true)
    }

    static var imageReply: Schema {
        let image = object([("b64_json", string), ("url", string)], required: [])
        let details = object([("image_tokens", count), ("text_tokens", count)])
        let usage = object([
            ("input_tokens", count), ("input_tokens_details", details), ("output_tokens", count),
            ("output_tokens_details", details), ("total_tokens", count),
        ])
        return object(
            [
                ("created", count), ("background", string), ("data", array(of: image)), ("output_format", string),
                ("quality", string), ("size", string), ("usage", usage),
            ], required: ["created", "background", "data", "output_format", "size", "usage"])
    }

    /// One of the server-sent events that a body is made of.
    static var event: Schema {
        object([("event", string), ("data", string.described("JSON."))], required: ["data"])
    }

    /// An event of a job; the first may only say when to come back.
    static var jobEvent: Schema {
        object([("event", string), ("data", string), ("id", string)], required: [])
    }

    static var openAIError: Schema {
        object([
            (
                "error",
                object([
                    ("message", string), ("type", string), ("param", string.nullable), ("code", string),
                ])
            )
        ])
    }
}
