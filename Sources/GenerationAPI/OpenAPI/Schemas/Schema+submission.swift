import Generation
import JSON
import Sampler

extension Schema {
    /// Body of a submit. Unknown fields are refused.
    static func submission(_ limits: APILimits) -> Schema {
        let seeds = APILimits.seeds
        return object(
            [
                ("model", string.described("A name of /v1/models; the first one where it is left out.")),
                (
                    "class",
                    any(of: [string, count]).described("Name, synonym, WordNet id or number of a class of the model.")
                        .example(.integer(0))
                ),
                ("count", integer(1...limits.maximumCount)),
                ("seed", integer(seeds).nullable.described("Of the first image; drawn at random where it is left out.")),
                ("guidance", number(APILimits.guidance)),
                ("guidance_schedule", oneOf(GuidanceSchedule.allCases.map(\.rawValue))),
                ("temperature", number(APILimits.temperature)),
                (
                    "sampler",
                    any(of: [oneOf(SamplerPreset.allCases.map(\.rawValue)), reference("Sampler")])
                ),
                ("metadata", boolean.described("Whether the PNG carries the settings as text.")),
                ("previews", boolean.described("Whether its events show unfinished images.")),
                ("priority", integer(APILimits.priorities)),
                (
                    "deadline_ms",
                    integer(APILimits.deadlineMilliseconds).nullable.described(
                        "A job that has not started by then expires.")
                ),
            ], required: ["class"], isClosed: true)
    }

    /// A preset, and what is other than in it. Its fields are those of the samplers.
    static var sampler: Schema {
        var properties: [(name: String, schema: Schema)] = [
            ("preset", oneOf(SamplerPreset.allCases.map(\.rawValue)))
        ]
        var nested: [(object: String, fields: [(name: String, schema: Schema)])] = []
        for field in SamplerField.allCases {
            let path = field.rawValue.split(separator: "/").map(String.init)
            let schema = schema(of: field)
            if path.count == 1 {
                properties.append((path[0], schema))
            } else if let index = nested.firstIndex(where: { $0.object == path[0] }) {
                nested[index].fields.append((path[1], schema))
            } else {
                nested.append((path[0], [(path[1], schema)]))
            }
        }
        for group in nested { properties.append((group.object, object(group.fields, required: [], isClosed: true))) }
        return object(properties, required: [], isClosed: true)
    }

    private static func schema(of field: SamplerField) -> Schema {
        let schema: Schema =
            switch field.kind {
            case .integer(let range): integer(range)
            case .optionalInteger(let range): integer(range).nullable
            case .number(let range): number(range)
            case .flag: boolean
            case .name(let names): oneOf(names)
            case .counts:
                any(of: [
                    Schema(["type": .string("integer"), "minimum": .integer(1)]),
                    array(of: Schema(["type": .string("integer"), "minimum": .integer(1)])),
                ])
            }
        return schema.described(field.meaning)
    }
}
