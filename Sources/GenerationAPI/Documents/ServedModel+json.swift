package import Generation
package import JSON
import Sampler

extension ServedModel {
    /// The first four members are those of OpenAI's model object, which cannot do without `created`: 0 is not known.
    package var json: JSONValue {
        .record([
            "id": .string(name),
            "object": .string("model"),
            "created": .integer(0),
            "owned_by": .string("underpaint"),
            "description": .string(description),
            "license": .string(license),
            "image": .record([
                "width": .integer(imageWidth), "height": .integer(imageHeight), "channels": .integer(channels),
            ]),
            "tokens": .record(["height": .integer(grid.height), "width": .integer(grid.width)]),
            "class_count": .integer(classes.count),
            "classes_url": .string(PathTemplate.classes.path(name)),
            "pictures": pictures.map { pictures in
                .record([
                    "url": .string(PathTemplate.pictures.path(name)), "columns": .integer(pictures.columns),
                    "side": .integer(pictures.side),
                ])
            },
            "defaults": .record([
                "sampler": .string(defaults.preset.rawValue),
                "guidance": .number(defaults.guidance),
                "guidance_schedule": .string(defaults.guidanceSchedule.rawValue),
                "temperature": .number(defaults.temperature),
                "timestep_clip": defaults.timestepClip.map { .integer($0) },
                "mask_schedule": defaults.maskSchedule.map { .string($0.rawValue) },
            ]),
            "samplers": .array(SamplerPreset.allCases.map { settings(of: $0).json }),
            "weights": .record(["sha256": .string(weightsSHA256)]),
        ])
    }
}

extension ModelClass {
    package var json: JSONValue {
        .record([
            "id": .integer(id), "name": .string(name), "synonyms": .array(synonyms.map { .string($0) }),
            "wordnet_id": wordnetID.map { .string($0) },
        ])
    }
}

extension JSONValue {
    /// A list in OpenAI's form.
    static func list(_ elements: [JSONValue]) -> JSONValue {
        .record(["object": .string("list"), "data": .array(elements)])
    }
}
