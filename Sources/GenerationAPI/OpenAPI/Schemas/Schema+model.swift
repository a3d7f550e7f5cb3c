import JSON
import Sampler

extension Schema {
    static var model: Schema {
        object(
            [
                ("id", string.described("What `model` of a submission says.")), ("object", oneOf(["model"])),
                ("created", count.described("0: not known.")),
                ("owned_by", string), ("description", string), ("license", string),
                ("image", object([("width", count), ("height", count), ("channels", count)])),
                ("tokens", object([("height", count), ("width", count)])), ("class_count", count),
                ("classes_url", string),
                (
                    "pictures",
                    object([("url", string), ("columns", count), ("side", count)]).described(
                        "One picture of each class in one PNG, in rows of `columns`, `side` pixels a side; not of every model."
                    )
                ),
                ("defaults", defaults), ("samplers", array(of: reference("Sampler"))),
                ("weights", object([("sha256", sha256)])),
            ],
            required: [
                "id", "object", "created", "owned_by", "description", "license", "image", "tokens", "class_count",
                "classes_url", "defaults", "samplers", "weights",
            ])
    }

    /// What a submission gets that says nothing else.
    private static var defaults: Schema {
        object(
            [
                ("sampler", oneOf(SamplerPreset.allCases.map(\.rawValue))), ("guidance", number),
                ("guidance_schedule", oneOf(GuidanceSchedule.allCases.map(\.rawValue))), ("temperature", number),
                ("timestep_clip", count), ("mask_schedule", oneOf(MaskSchedule.allCases.map(\.rawValue))),
            ], required: ["sampler", "guidance", "guidance_schedule", "temperature"])
    }

    static var modelClass: Schema {
        object(
            [("id", count), ("name", string), ("synonyms", array(of: string)), ("wordnet_id", string)],
            required: ["id", "name", "synonyms"])
    }
}
