import Generation
import JSON
import Sampler

extension Schema {
    /// Body of OpenAI's image route. Null is the same as nothing; unknown fields are refused.
    static func imageOrder(_ limits: APILimits) -> Schema {
        let optional: [(name: String, schema: Schema)] = [
            ("model", string.described("A name of /v1/models; the first one where it is left out.")),
            ("n", integer(1...min(ImageOrder.counts.upperBound, limits.maximumCount))),
            ("size", string.described("`WxH` of the model's images, or `auto`.")),
            ("quality", names(of: ImageOrder.Quality.self)),
            ("response_format", names(of: ImageOrder.Delivery.self)),
            ("output_format", oneOf(["png"])),
            ("background", names(of: ImageOrder.Background.self)),
            ("stream", boolean),
            ("partial_images", integer(ImageOrder.partialImageCounts).described("Only of a stream.")),
            ("seed", integer(APILimits.seeds).described("Of the first image; drawn at random where it is left out.")),
            ("guidance", number(APILimits.guidance)),
            ("sampler", any(of: [oneOf(SamplerPreset.allCases.map(\.rawValue)), reference("Sampler")])),
        ]
        let prompt = any(of: [string, count])
            .described("Name, synonym, WordNet id or number of a class of the model.").example(.string("0"))
        let ignored = ["moderation", "user", "safety_identifier"].map { name in
            (name: name, schema: Schema(["description": .string("Ignored.")]))
        }
        return object(
            [("prompt", prompt)] + optional.map { ($0.name, $0.schema.nullable) } + ignored, required: ["prompt"],
            isClosed: true)
    }

    static var imagesReply: Schema {
        object(
            [
                ("created", count.described("Seconds since 1970.")), ("background", oneOf(["opaque"])),
                ("data", array(of: object([("b64_json", string), ("url", string)], required: []))),
                ("output_format", oneOf(["png"])), ("quality", names(of: ImageOrder.Quality.self)), ("size", string),
                (
                    "usage",
                    object([
                        ("input_tokens", count), ("input_tokens_details", tokens), ("output_tokens", count),
                        ("output_tokens_details", tokens), ("total_tokens", count),
                    ])
                ),
            ], required: ["created", "background", "data", "output_format", "size", "usage"])
    }

    static var openAIError: Schema {
        object([
            (
                "error",
                object([
                    ("message", string), ("type", string), ("param", string.nullable.described("The first bad field.")),
                    ("code", string),
                ])
            )
        ])
    }

    private static var tokens: Schema { object([("image_tokens", count), ("text_tokens", count)]) }

    private static func names<Value: CaseIterable & RawRepresentable<String>>(of type: Value.Type) -> Schema {
        oneOf(Value.allCases.map(\.rawValue))
    }
}
