package import Compute
package import Generation
package import MARModel
import PNGEncoder
import Sampler

/// The real image generator: plan, generation loop, VAE, PNG, with a clock on each.
package final class GenerationPipeline: ImageGenerator {
    /// Images that go through the loop together. It bounds the memory of a job; it changes no bytes of any image.
    package static let batchSize = 4

    private let models: any ModelSource
    /// Kept only if the models are kept too: a loop holds its model.
    private var loops: [String: GenerationLoop] = [:]
    private let backend: any Backend

    /// - Parameter backend: this worker's own.
    package init(models: any ModelSource, backend: any Backend) {
        self.models = models
        self.backend = backend
    }

    /// - Parameters:
    ///   - models: by name; their parameters are of the backend's kind.
    ///   - backend: this worker's own.
    package convenience init(models: [String: MARModel], backend: any Backend) {
        self.init(models: LoadedModels(models: models), backend: backend)
    }

    package func generate(
        _ request: GenerationRequest, onProgress: (GenerationProgress) throws -> Void
    ) throws -> GenerationOutcome {
        let stepTotal = request.count * request.sampler.stepCount
        let waiting = GenerationProgress(stage: .structure, step: 0, steps: stepTotal)
        return try models.withModel(request.model, for: backend, onWait: { try onProgress(waiting) }) { model in
            let loop = loops[request.model] ?? GenerationLoop(model: model, backend: backend)
            if models.keepsModels { loops[request.model] = loop }
            return try generate(request, with: loop, onProgress: onProgress)
        }
    }

    private func generate(
        _ request: GenerationRequest, with loop: GenerationLoop, onProgress: (GenerationProgress) throws -> Void
    ) throws -> GenerationOutcome {
        let seeds = (0..<request.count).map { request.seed &+ UInt64($0) }
        let stepTotal = request.count * request.sampler.stepCount
        var clock = StageClock()
        var images: [GeneratedImage] = []
        for start in stride(from: 0, to: seeds.count, by: Self.batchSize) {
            let batch = Array(seeds[start..<min(start + Self.batchSize, seeds.count)])
            let stepsBefore = start * request.sampler.stepCount
            let latents = try latents(request, seeds: batch, loop: loop, clock: &clock) { step, finished in
                try onProgress(
                    GenerationProgress(
                        stage: step.stage == .structure ? .structure : .reconstruction,
                        step: stepsBefore + finished * batch.count, steps: stepTotal))
            }
            for (seed, latents) in zip(batch, latents) {
                try onProgress(GenerationProgress(stage: .decode, step: stepTotal, steps: stepTotal))
                let image = try clock.measure(.vae) { try pixels(of: latents, seed: seed, model: loop.model) }
                let png = try clock.measure(.png) {
                    try image.encoded(metadata: request.metadata ? PNGMetadata.entries(request, seed: seed) : [])
                }
                images.append(
                    GeneratedImage(
                        index: images.count, seed: seed, width: image.width, height: image.height, png: png))
            }
        }
        return GenerationOutcome(images: images, stages: clock.stages)
    }

    private func latents(
        _ request: GenerationRequest, seeds: [UInt64], loop: GenerationLoop, clock: inout StageClock,
        onStep: (SamplingPlan.Step, Int) throws -> Void
    ) throws -> [[Float]] {
        let configuration = loop.model.configuration
        let grid = TokenGrid(height: configuration.grid.height, width: configuration.grid.width)
        if let fault = request.sampler.faults(on: grid).first { throw PipelineError.unusableSettings("\(fault)") }
        let images = seeds.map { seed in
            GenerationLoop.Image(
                classID: request.classID,
                plan: SamplingPlan(
                    request.sampler, grid: grid, seed: seed),
                noise: PhiloxNoise(seed: seed, channels: configuration.latentChannels))
        }
        let settings = GenerationLoop.Settings(
            guidance: request.guidance, guidanceSchedule: request.guidanceSchedule, temperature: request.temperature,
            timestepClip: request.sampler.timestepClip)
        return try loop.run(images, settings, clock: &clock, onStep: onStep).latents
    }

    /// pixel = round(clamp((x + 1) / 2, 0, 1) * 255).
    private func pixels(of latents: [Float], seed: UInt64, model: MARModel) throws -> PNGImage {
        let values = model.vae.decode(latents, on: backend)
        guard values.allSatisfy(\.isFinite) else { throw PipelineError.notFinite(seed: seed) }
        let configuration = model.configuration
        return try PNGImage(
            width: configuration.imageWidth, height: configuration.imageHeight,
            channels: configuration.vae.outputChannels,
            pixels: values.map { UInt8((min(max(($0 + 1) / 2, 0), 1) * 255).rounded(.toNearestOrEven)) })
    }
}
