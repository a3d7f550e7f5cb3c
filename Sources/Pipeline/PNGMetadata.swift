import Generation
import PNGEncoder
import Sampler

/// The text that a PNG carries: everything needed to make the same image again.
enum PNGMetadata {
    static func entries(_ request: GenerationRequest, seed: UInt64) throws(PNGError) -> [PNGText] {
        let sampler = request.sampler
        let steps = sampler.diffusionSteps
        var values: [(keyword: String, text: String)] = [
            ("Software", "Underpaint"),
            ("underpaint:model", request.model),
            ("underpaint:class", "\(request.classID) \(request.className)"),
            ("underpaint:seed", "\(seed)"),
            ("underpaint:guidance", "\(request.guidance)"),
            ("underpaint:guidance_schedule", request.guidanceSchedule.rawValue),
            ("underpaint:temperature", "\(request.temperature)"),
            ("underpaint:sampler", sampler.preset.rawValue),
            ("underpaint:steps", sampler.steps.map(String.init).joined(separator: " ")),
            ("underpaint:diffusion_steps_max", "\(steps.max)"),
            ("underpaint:diffusion_steps_min", "\(steps.min)"),
        ]
        if sampler.ordering == .twoStage {
            values += [
                ("underpaint:diffusion_steps_reconstruction", "\(steps.reconstruction)"),
                ("underpaint:diffusion_steps_detail", "\(steps.detail)"),
                ("underpaint:detail_fraction", "\(sampler.detailFraction)"),
                ("underpaint:fts", "\(sampler.detailSelection != nil)"),
            ]
            values += unusual(sampler).map { ("underpaint:" + $0.field, $0.value) }
        }
        values.append(("underpaint:timestep_clip", sampler.timestepClip.map(String.init) ?? "none"))
        var entries: [PNGText] = []
        for value in values { entries.append(try PNGText(keyword: value.keyword, text: value.text)) }
        return entries
    }

    /// What is not the paper's way; the images of the presets keep their bytes.
    private static func unusual(_ sampler: SamplerSettings) -> [(field: String, value: String)] {
        var values: [(field: String, value: String)] = []
        if sampler.subStageOrder != .checkerboard { values.append(("order", sampler.subStageOrder.rawValue)) }
        if sampler.firstColor != .even { values.append(("first_color", sampler.firstColor.rawValue)) }
        if let selection = sampler.detailSelection, selection != .highFrequency {
            values.append(("selection", selection.rawValue))
        }
        return values
    }
}
