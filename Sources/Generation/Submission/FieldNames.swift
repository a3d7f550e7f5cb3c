import Sampler

/// What people call the fields of a submission who know another program, by the names of ours.
package enum FieldNames {
    /// Of the body of `POST /v1/generations`.
    package static let ofSubmission = [
        "cfg": "guidance", "cfg_scale": "guidance", "guidance_scale": "guidance", "scale": "guidance",
        "classifier_free_guidance": "guidance", "cfg_schedule": "guidance_schedule",
        "n": "count", "num": "count", "number": "count", "num_images": "count", "n_images": "count",
        "num_images_per_prompt": "count", "images": "count", "batch_size": "count", "batch_count": "count",
        "prompt": "class", "label": "class", "class_name": "class", "class_id": "class", "class_label": "class",
        "class_labels": "class", "category": "class",
        "temp": "temperature", "random_seed": "seed", "timeout": "deadline_ms", "timeout_ms": "deadline_ms",
        "scheduler": "sampler", "sampler_name": "sampler", "preset": "sampler", "method": "sampler",
        "num_steps": "sampler.steps", "num_iter": "sampler.steps", "num_inference_steps": "sampler.steps",
        "num_sampling_steps": "sampler.diffusion_steps.max",
    ].merging(samplerFields(below: "sampler")) { own, _ in own }

    /// Of its object `sampler`.
    static let ofSampler = [
        "name": "sampler.preset", "type": "sampler.preset", "method": "sampler.preset", "sampler": "sampler.preset",
        "num_steps": "sampler.steps", "num_inference_steps": "sampler.steps",
        "guidance": "guidance, beside sampler", "cfg": "guidance, beside sampler",
        "temperature": "temperature, beside sampler", "seed": "seed, beside sampler",
        "guidance_schedule": "guidance_schedule, beside sampler",
    ].merging(samplerFields(below: "sampler").filter { $0.value.contains("diffusion_steps.") }) { own, _ in own }

    /// A sampler's field that somebody put where it is not: its full name by its last part, `max` for
    /// `sampler.diffusion_steps.max`.
    private static func samplerFields(below root: String) -> [String: String] {
        var names = ["diffusion_steps": "\(root).diffusion_steps"]
        for field in SamplerField.allCases {
            let parts = field.rawValue.split(separator: "/").map(String.init)
            names[parts[parts.count - 1]] = ([root] + parts).joined(separator: ".")
        }
        return names
    }
}
