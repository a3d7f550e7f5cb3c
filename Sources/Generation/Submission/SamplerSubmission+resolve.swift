import JSON
import Sampler

extension SamplerSubmission {
    /// Fills in from the preset what was not said, and checks what was.
    ///
    /// - Returns: nil if there is no such preset.
    func resolve(for model: ServedModel, _ errors: inout FieldErrors) -> SamplerSettings? {
        guard let preset = resolvePreset(for: model, &errors) else { return nil }
        var settings = model.settings(of: preset)
        for fault in settings.take(given, on: model.grid) { errors.append("/sampler/" + fault.path, fault.detail) }
        return settings
    }

    private func resolvePreset(for model: ServedModel, _ errors: inout FieldErrors) -> SamplerPreset? {
        guard let name = preset else { return model.defaults.preset }
        if let preset = SamplerPreset(rawValue: name) { return preset }
        let hint = NearestNames.hint(for: name, among: SamplerPreset.allCases.map(\.rawValue))
        errors.append(presetPointer, "unknown preset \"\(name.prefix(100))\"\(hint)")
        return nil
    }
}
