import JSON
import Sampler

extension SamplerSubmission {
    /// Fills in from the preset what was not said, and checks what was.
    ///
    /// - Returns: nil if there is no such preset.
    func resolve(for model: ServedModel, _ errors: inout FieldErrors) -> SamplerSettings? {
        guard let preset = resolvePreset(for: model, &errors) else { return nil }
        var settings = model.settings(of: preset)
        switch settings.ordering {
        case .random, .halton: rejectReconstruction(of: preset, &errors)
        case .twoStage:
            applyOrder(to: &settings, &errors)
            applyReconstruction(to: &settings, &errors)
            applySelection(to: &settings, &errors)
        }
        settings.steps = resolveSteps(settings, model.grid, &errors)
        applyDiffusionRange(to: &settings.diffusionSteps, &errors)
        switch timestepClip {
        case .off: settings.timestepClip = nil
        case .at(let clip):
            settings.timestepClip = errors.checked(clip, in: APILimits.timestepClip, at: "/sampler/timestep_clip")
        case nil: break
        }
        return settings
    }

    private func resolvePreset(for model: ServedModel, _ errors: inout FieldErrors) -> SamplerPreset? {
        guard let name = preset else { return model.defaults.preset }
        if let preset = SamplerPreset(rawValue: name) { return preset }
        let known = SamplerPreset.allCases.map(\.rawValue).joined(separator: ", ")
        errors.append(presetPointer, "unknown preset \"\(name.prefix(100))\"; there are \(known)")
        return nil
    }

    private func resolveSteps(
        _ settings: SamplerSettings, _ grid: TokenGrid, _ errors: inout FieldErrors
    ) -> [Int] {
        let pointer = "/sampler/steps"
        let name = settings.preset.rawValue
        switch (settings.ordering, steps) {
        case (.random, nil), (.halton, nil):
            break
        case (.random, .total(let count)), (.halton, .total(let count)):
            return [errors.checked(count, in: 1...grid.tokenCount, at: pointer, note: ", the tokens of the image")]
        case (.random, .perSubStage), (.halton, .perSubStage):
            errors.append(pointer, "must be one number: \(name) has no sub-stages")
        case (.twoStage, .total):
            errors.append(pointer, "must be an array with one entry per sub-stage of \(name), such as [12, 3, 1]")
        case (.twoStage, .perSubStage(let counts)):
            return checkSubStages(counts, settings.firstColor, grid, &errors)
        case (.twoStage, nil):
            // The preset's own: a small grid may have no room for them.
            return checkSubStages(settings.steps, settings.firstColor, grid, &errors)
        }
        return settings.steps
    }

    private func checkSubStages(
        _ counts: [Int], _ firstColor: CheckerboardColor, _ grid: TokenGrid, _ errors: inout FieldErrors
    ) -> [Int] {
        let pointer = "/sampler/steps"
        let most = grid.maximumSubStageCount(firstColor: firstColor)
        guard (1...most).contains(counts.count) else {
            errors.append(
                pointer,
                "must have 1...\(most) entries, one per sub-stage of this model's "
                    + "\(grid.height) x \(grid.width) tokens, not \(counts.count)")
            return counts
        }
        let sizes = grid.subStageSizes(subStageCount: counts.count, firstColor: firstColor)
        for (index, (count, size)) in zip(counts, sizes).enumerated() {
            _ = errors.checked(
                count, in: 1...size, at: "\(pointer)/\(index)", note: ", the tokens of sub-stage \(index + 1)")
        }
        return counts
    }

    /// Where only one end of the range is given, the preset's other end gives way to it.
    private func applyDiffusionRange(
        to steps: inout SamplerSettings.DiffusionSteps, _ errors: inout FieldErrors
    ) {
        let pointer = "/sampler/diffusion_steps"
        if let max = diffusionSteps.max {
            steps.max = errors.checked(max, in: APILimits.diffusionSteps, at: pointer + "/max")
            steps.min = Swift.min(steps.min, max)
        }
        if let min = diffusionSteps.min {
            steps.min = errors.checked(min, in: APILimits.diffusionSteps, at: pointer + "/min")
            if let max = diffusionSteps.max, min > max {
                errors.append(pointer + "/min", "must be at most max (\(max)), not \(min)")
            }
            steps.max = Swift.max(steps.max, min)
        }
    }

    private func applyReconstruction(to settings: inout SamplerSettings, _ errors: inout FieldErrors) {
        if let count = diffusionSteps.reconstruction {
            settings.diffusionSteps.reconstruction = errors.checked(
                count, in: APILimits.diffusionSteps, at: "/sampler/diffusion_steps/reconstruction")
        }
        if let count = diffusionSteps.detail {
            settings.diffusionSteps.detail = errors.checked(
                count, in: APILimits.diffusionSteps, at: "/sampler/diffusion_steps/detail")
        }
        if let detailFraction {
            settings.detailFraction = errors.checked(
                detailFraction, in: APILimits.detailFraction, at: "/sampler/detail_fraction")
        }
    }

    private func applySelection(to settings: inout SamplerSettings, _ errors: inout FieldErrors) {
        switch frequencyWeightedSelection {
        case true: settings.detailSelection = settings.detailSelection ?? .highFrequency
        case false: settings.detailSelection = nil
        case nil: break
        }
        guard let selection else { return }
        if frequencyWeightedSelection == false {
            errors.append("/sampler/selection", "means nothing where fts is false: no token gets the steps for detail")
        } else if let selection: DetailSelection = errors.checked(selection, at: "/sampler/selection") {
            settings.detailSelection = selection
        }
    }

    private func applyOrder(to settings: inout SamplerSettings, _ errors: inout FieldErrors) {
        if let order: SubStageOrder = order.flatMap({ errors.checked($0, at: "/sampler/order") }) {
            settings.subStageOrder = order
        }
        guard let firstColor else { return }
        if settings.subStageOrder != .checkerboard {
            errors.append("/sampler/first_color", "means nothing to the order \(settings.subStageOrder.rawValue)")
        } else if let color: CheckerboardColor = errors.checked(firstColor, at: "/sampler/first_color") {
            settings.firstColor = color
        }
    }

    /// Refused rather than ignored: who sets these expects something of them.
    private func rejectReconstruction(of preset: SamplerPreset, _ errors: inout FieldErrors) {
        let given = [
            ("order", order != nil),
            ("first_color", firstColor != nil),
            ("diffusion_steps/reconstruction", diffusionSteps.reconstruction != nil),
            ("diffusion_steps/detail", diffusionSteps.detail != nil),
            ("detail_fraction", detailFraction != nil),
            ("fts", frequencyWeightedSelection != nil),
            ("selection", selection != nil),
        ]
        for (path, isGiven) in given where isGiven {
            errors.append("/sampler/" + path, "means nothing to \(preset.rawValue), which has no reconstruction stage")
        }
    }
}
