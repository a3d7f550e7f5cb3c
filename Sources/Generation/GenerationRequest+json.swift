package import JSON
import Sampler

extension GenerationRequest {
    /// Every value that is used, in the form of a submission: sent again, it gives the same images.
    package var settingsJSON: JSONValue {
        .record([
            "model": .string(model),
            "class": .integer(classID),
            "count": .integer(count),
            "seed": .integer(seed),
            "guidance": .number(guidance),
            "guidance_schedule": .string(guidanceSchedule.rawValue),
            "temperature": .number(temperature),
            "sampler": sampler.json,
            "metadata": .bool(metadata),
            "priority": .integer(priority),
            "deadline_ms": deadline.map(JSONValue.milliseconds) ?? .null,
        ])
    }
}

extension SamplerSettings {
    /// In the form of a submission, so without what the order has no use for.
    package var json: JSONValue {
        let isTwoStage = ordering == .twoStage
        return .record([
            "preset": .string(preset.rawValue),
            "order": isTwoStage ? .string(subStageOrder.rawValue) : nil,
            "first_color": isTwoStage && subStageOrder == .checkerboard ? .string(firstColor.rawValue) : nil,
            "steps": isTwoStage ? .array(steps.map { .integer($0) }) : .integer(steps[0]),
            "diffusion_steps": .record([
                "max": .integer(diffusionSteps.max),
                "min": .integer(diffusionSteps.min),
                "reconstruction": isTwoStage ? .integer(diffusionSteps.reconstruction) : nil,
                "detail": isTwoStage ? .integer(diffusionSteps.detail) : nil,
            ]),
            "detail_fraction": isTwoStage ? .number(detailFraction) : nil,
            "timestep_clip": timestepClip.map { .integer($0) } ?? .null,
            "fts": isTwoStage ? .bool(detailSelection != nil) : nil,
            "selection": isTwoStage ? detailSelection.map { .string($0.rawValue) } : nil,
        ])
    }
}
