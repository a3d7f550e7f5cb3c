import MARModel
import Pipeline
import Sampler

extension TraceReplay {
    /// MAR's own loop: `NAME.labels` [B], `.orders` [B, L], `.initial_noise` [B, L, C], `.step_noise` [B, L, T, C]
    /// -> `.latents` [B, C, h, w].
    func compareRandomOrder(_ group: Group, isGuided: Bool) throws -> [TraceComparison] {
        let steps = try trace.integer(setting: "diffusion_steps")
        let settings = SamplerSettings(
            preset: .mar64,
            method: .randomOrder(
                .init(stepCount: try trace.integer(setting: "num_iter"), diffusionSteps: .init(steps))),
            timestepClip: try trace.timestepClip)
        let numbers = SamplingNumbers(
            guidance: isGuided ? try trace.number("cfg") : 1, guidanceSchedule: try trace.guidanceSchedule,
            temperature: isGuided
                ? try trace.number("temperature", default: 1) : try trace.number("nocfg_temperature", default: 0.95),
            timestepClip: settings.timestepClip)
        return try compareLoop(group, inputs: group, settings, numbers, orderNames: [group.rawValue + ".orders"])
            .comparisons
    }

    /// The two-stage sampler: orders per sub-stage `gtr.order0`... [B, n_k], and which tokens were picked for detail,
    /// `gtr.detail_tokens` [n, 2] (image, token), in the order of picking. `gtr_reuse` is the same run with guidance that is
    /// reused.
    func compareTwoStages(_ group: Group, guidanceReuse: Int) throws -> [TraceComparison] {
        let counts = try trace.integers(setting: "gtr.diffusion_steps")
        guard counts.count == 4 else {
            throw TraceError.badSetting(key: "gtr.diffusion_steps", value: "\(counts)", expected: "four numbers")
        }
        let steps = try trace.integers(setting: "gtr.steps")
        let settings = SamplerSettings(
            preset: .gtr16,
            method: .twoStage(
                .init(
                    steps: steps, maskSchedule: try trace.maskSchedule,
                    diffusionSteps: .init(max: counts[0], min: counts[1]), reconstruction: counts[2],
                    detail: .init(
                        fraction: try trace.number("gtr.detail_fraction"), diffusionSteps: counts[3],
                        selection: .highFrequency))),
            timestepClip: try trace.timestepClip, guidanceReuse: guidanceReuse)
        let numbers = SamplingNumbers(
            guidance: try trace.number("cfg"), guidanceSchedule: try trace.guidanceSchedule,
            temperature: try trace.number("gtr.temperature", default: 1), timestepClip: settings.timestepClip)
        let (comparisons, paintings) = try compareLoop(
            group, inputs: .gtr, settings, numbers, orderNames: steps.indices.map { "gtr.order\($0)" })
        let detailTokens = group.rawValue + ".detail_tokens"
        guard trace.holds(detailTokens) else { return comparisons }

        let images = paintings.count
        let recorded = try trace.integers(
            detailTokens, [nil, 2], in: 0..<max(images, grid.tokenCount))
        let total = recorded.count / 2
        // Images are independent of each other: only the order inside each counts.
        let different = (0..<images).reduce(0) { sum, image in
            let ours = paintings[image].detailTokens
            let theirs = (0..<total).filter { recorded[2 * $0] == image }.map { recorded[2 * $0 + 1] }
            return sum + zip(ours, theirs).count { $0 != $1 } + abs(ours.count - theirs.count)
        }
        return comparisons + [
            TraceComparison(detailTokens, different: different, of: total, tolerance: tolerance.picks)
        ]
    }

    /// - Parameter inputs: the group that has the labels and the noise.
    private func compareLoop(
        _ group: Group, inputs: Group, _ sampler: SamplerSettings, _ numbers: SamplingNumbers, orderNames: [String]
    ) throws -> (comparisons: [TraceComparison], paintings: [Painting]) {
        if let fault = sampler.faults(on: grid).first {
            throw TraceError.badSetting(
                key: group.rawValue, value: "\(sampler.fields[fault.field].map { "\($0)" } ?? "none")",
                expected: "other \(fault.field.rawValue): \(fault.detail)")
        }
        let name = inputs.rawValue
        let (length, channels) = (grid.tokenCount, model.configuration.latentChannels)
        let images = try trace.shape(name + ".labels", [nil])[0]
        let labels = try trace.integers(name + ".labels", [images], in: 0..<model.configuration.classes.count)
        let initial = try trace.floats(name + ".initial_noise", [images, length, channels])
        let noiseShape = try trace.shape(name + ".step_noise", [images, length, nil, channels])
        let plans = try orders(orderNames, images: images).map { SamplingPlan(sampler, order: $0) }
        let needed =
            plans[0].diffusionStepCounts.map {
                DiffusionSchedule.timesteps(stepCount: $0, clip: sampler.timestepClip).count
            }.max() ?? 0
        // The last step of a chain adds no noise.
        guard noiseShape[2] >= needed - 1 else {
            throw TraceError.wrongShape(
                tensor: name + ".step_noise", found: noiseShape, expected: "noise of \(needed - 1) steps")
        }
        let noise = try trace.floats(name + ".step_noise", [images, length, noiseShape[2], channels])
        var paintings = (0..<images).map { image in
            Painting(
                classID: labels[image], plan: plans[image],
                numbers: numbers,
                noise: RecordedNoise(
                    initial: Array(Self.part(image, of: initial, images: images)),
                    steps: Array(Self.part(image, of: noise, images: images)), stepCount: noiseShape[2],
                    channels: channels), for: model.configuration)
        }
        let painter = Painter(model: model, backend: backend)
        var clock = StageClock()
        while !paintings.areFinished { try painter.advance(&paintings, clock: &clock) }
        let recorded = try trace.floats(group.rawValue + ".latents", [images, channels, grid.height, grid.width])
        let expected = (0..<images).flatMap { image in
            Self.channelsLast(Self.part(image, of: recorded, images: images), channels: channels)
        }
        let comparison = TraceComparison(
            group.rawValue + ".latents", ours: paintings.flatMap(\.latents), trace: expected, tolerance: tolerance.loops
        )
        return ([comparison], paintings)
    }

    /// Per image, the recorded order inside each sub-stage.
    private func orders(_ names: [String], images: Int) throws -> [TokenOrder] {
        let sizes = names.count == 1 ? [grid.tokenCount] : grid.subStageSizes(subStageCount: names.count)
        let lists = try zip(names, sizes).map { name, size in
            try trace.integers(name, [images, size], in: 0..<grid.tokenCount)
        }
        return try (0..<images).map { image in
            let order = lists.map { Array(Self.part(image, of: $0, images: images)) }
            guard order.flatMap(\.self).sorted() == Array(0..<grid.tokenCount) else {
                throw TraceError.badValue(
                    tensor: names.joined(separator: ", "), reason: "image \(image): not every token exactly once")
            }
            return TokenOrder(subStages: order)
        }
    }
}
