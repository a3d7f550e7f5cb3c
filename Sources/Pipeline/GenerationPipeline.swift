package import Compute
package import Generation
package import MARModel
import PNGEncoder
package import Reproduction
import Sampler

/// The real image generator: plan, painting, VAE, PNG, with a clock on each.
package final class GenerationPipeline: ImageGenerator {
    /// Images that are painted together. It bounds the memory of a job; it changes no bytes of any image.
    package static let batchSize = 4

    private let models: any ModelSource
    /// Kept only if the models are kept too: a painter holds its model.
    private var painters: [String: Painter] = [:]
    private let backend: any Backend
    private let maker: ImageMaker?

    /// - Parameters:
    ///   - backend: this worker's own.
    ///   - maker: what images say that they are made by, if they carry their settings; nil: nothing.
    package init(models: any ModelSource, backend: any Backend, maker: ImageMaker? = nil) {
        self.models = models
        self.backend = backend
        self.maker = maker
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
        try generate(request, onProgress: onProgress, onStep: nil)
    }

    package func generate(
        _ request: GenerationRequest, onProgress: (GenerationProgress) throws -> Void,
        onUnfinished: ((any UnfinishedImages) throws -> Void)?
    ) throws -> GenerationOutcome {
        guard let onUnfinished else { return try generate(request, onProgress: onProgress, onStep: nil) }
        return try generate(request, onProgress: onProgress) { work in
            // What is finished is seen soon enough.
            if !work.paintings.areFinished { try onUnfinished(work) }
        }
    }

    /// - Parameters:
    ///   - onStep: called after each autoregressive step, to look at the paintings; what it throws ends the work.
    ///   - onImage: called with each image as soon as it is finished; what it throws ends the work.
    package func generate(
        _ request: GenerationRequest, onProgress: (GenerationProgress) throws -> Void,
        onStep: ((WorkInProgress) throws -> Void)?, onImage: ((GeneratedImage) throws -> Void)? = nil
    ) throws -> GenerationOutcome {
        let waiting = GenerationProgress(stage: .structure, step: 0, steps: request.stepTotal)
        return try models.withModel(request.model, for: backend, onWait: { try onProgress(waiting) }) { model in
            let painter = painters[request.model] ?? Painter(model: model, backend: backend)
            if models.keepsModels { painters[request.model] = painter }
            return try backend.withCores {
                try generate(request, with: painter, onProgress: onProgress, onStep: onStep, onImage: onImage)
            }
        }
    }

    private func generate(
        _ request: GenerationRequest, with painter: Painter, onProgress: (GenerationProgress) throws -> Void,
        onStep: ((WorkInProgress) throws -> Void)?, onImage: ((GeneratedImage) throws -> Void)?
    ) throws -> GenerationOutcome {
        let renderer = ImageRenderer(model: painter.model, backend: backend)
        let seeds = (0..<request.count).map { request.seed &+ UInt64($0) }
        let origin = maker.map {
            ImageOrigin(maker: $0, weights: painter.model.configuration.weightsSha256 ?? "")
        }
        var clock = StageClock()
        var images: [GeneratedImage] = []
        for start in stride(from: 0, to: seeds.count, by: Self.batchSize) {
            let batch = Array(seeds[start..<min(start + Self.batchSize, seeds.count)])
            var paintings = try batch.map { try Painting(request, seed: $0, for: painter.model.configuration) }
            while !paintings.areFinished {
                let progress = request.progress(paintings, after: start)
                try painter.advance(&paintings, clock: &clock) { try onProgress(progress) }
                try onStep?(
                    WorkInProgress(
                        paintings: paintings, firstIndex: start, seeds: batch,
                        step: request.finishedSteps(of: paintings, after: start), steps: request.stepTotal,
                        renderer: renderer))
            }
            for (seed, painting) in zip(batch, paintings) {
                try onProgress(
                    GenerationProgress(
                        stage: .decode, step: request.finishedSteps(of: paintings, after: start),
                        steps: request.stepTotal))
                let image = try clock.measure(.vae) { try renderer.image(of: painting, seed: seed) }
                let png = try clock.measure(.png) {
                    try image.encoded(
                        metadata: request.metadata ? PNGMetadata.entries(request, seed: seed, origin: origin) : [])
                }
                let finished = GeneratedImage(
                    index: images.count, seed: seed, width: image.width, height: image.height, png: png)
                images.append(finished)
                try onImage?(finished)
            }
        }
        return GenerationOutcome(images: images, stages: clock.stages)
    }
}

extension Painting {
    /// The empty canvas of one image of a request.
    /// - Throws: `PipelineError.unusableSettings`.
    fileprivate init(_ request: GenerationRequest, seed: UInt64, for configuration: ModelConfiguration) throws {
        let grid = TokenGrid(height: configuration.grid.height, width: configuration.grid.width)
        if let fault = request.sampler.faults(on: grid).first { throw PipelineError.unusableSettings("\(fault)") }
        self.init(
            classID: request.classID,
            plan: SamplingPlan(request.sampler, grid: grid, seed: seed),
            numbers: SamplingNumbers(
                guidance: request.guidance, guidanceSchedule: request.guidanceSchedule,
                temperature: request.temperature, timestepClip: request.sampler.timestepClip),
            noise: PhiloxNoise(seed: seed, channels: configuration.latentChannels), for: configuration)
    }
}

extension GenerationRequest {
    /// Autoregressive steps of all images.
    fileprivate var stepTotal: Int { count * sampler.stepCount }

    /// - Parameter paintings: not finished, painted when `finished` images were.
    fileprivate func progress(_ paintings: [Painting], after finished: Int) -> GenerationProgress {
        GenerationProgress(
            stage: paintings[0].nextStep.stage == .structure ? .structure : .reconstruction,
            step: finishedSteps(of: paintings, after: finished), steps: stepTotal)
    }

    fileprivate func finishedSteps(of paintings: [Painting], after finished: Int) -> Int {
        finished * sampler.stepCount + paintings.count * paintings[0].finishedSteps
    }
}
