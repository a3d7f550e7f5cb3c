package import JSON
import Sampler

extension GenerationRequest {
    /// Every value that is used, in the form of a submission: sent again, it gives the same images.
    package var settingsJSON: JSONValue {
        imageSettingsJSON.adding([
            "metadata": .bool(metadata),
            "previews": .bool(previews),
            "priority": .integer(priority),
            "deadline_ms": deadline.map(JSONValue.milliseconds) ?? .null,
        ])
    }

    /// Those of them that the pixels depend on.
    package var imageSettingsJSON: JSONValue {
        .record([
            "model": .string(model),
            "class": .integer(classID),
            "count": .integer(count),
            "seed": .integer(seed),
            "guidance": .number(guidance),
            "guidance_schedule": .string(guidanceSchedule.rawValue),
            "temperature": .number(temperature),
            "sampler": sampler.json,
        ])
    }
}
