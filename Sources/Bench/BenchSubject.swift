package import Compute
import Generation
import MARModel
import Pipeline
package import Sampler

/// A model that is loaded on one backend and can be measured again and again.
package final class BenchSubject {
    private let engine: Engine
    private let threads: Int
    private let model: MARModel
    private let backend: any Backend
    /// Peak while loading, in bytes; nil where it cannot be known.
    private let loadingPeak: Int?

    /// Loads the model and runs it once in a few steps, so that no measured run is the first.
    package init(_ target: BenchTarget, engine: Engine, threads: Int) throws {
        PeakMemory.reset()
        self.engine = engine
        self.threads = threads
        backend = engine.makeBackend(threads: threads)
        model = try target.load(with: backend)
        loadingPeak = PeakMemory.byteCount
        _ = try pipeline.generate(request(Self.warmUp, images: 1)) { _ in }
    }

    /// Fewer steps would have more tokens in one, and memory would hold more than the measured runs need.
    private static let warmUp = SamplerSettings(
        preset: .mar64, method: .randomOrder(.init(stepCount: 4, diffusionSteps: .init(2))), timestepClip: nil)

    /// Measures the machine, then one job.
    package func measure(_ sampler: SamplerPreset, images: Int) throws -> BenchRun {
        let ceilings = MachineCeilings.measure(width: configuration.decoder.width, engine: engine, threads: threads)
        MemoryRelease.run()  // Of loading and of the ceilings: the peak is the job's.
        let request = request(
            sampler.settings(
                for: grid, timestepClip: configuration.defaults.timestepClip,
                maskSchedule: configuration.defaults.maskSchedule.flatMap(MaskSchedule.init)),
            images: images)
        let pipeline = pipeline
        let allocations = backend.scratchAllocations
        PeakMemory.reset()
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = try pipeline.generate(request) { _ in }
        let wall = clock.now - start
        let peak = PeakMemory.byteCount.flatMap { peak in loadingPeak.map { max(peak, $0) } }
        return BenchRun(
            model: configuration.name, sampler: sampler, engine: engine, threads: threads, images: images, wall: wall,
            stages: outcome.stages,
            operations: operations(of: request),
            modelOperations: ModelOperations(configuration), ceilings: ceilings,
            peakByteCount: peak, scratchAllocations: backend.scratchAllocations - allocations)
    }

    /// Measures the diffusion head by itself.
    package func measureHead(rows: Int) -> HeadMeasurement {
        HeadMeasurement(model, engine: engine, on: backend, threads: threads, rows: rows)
    }

    private var configuration: ModelConfiguration { model.configuration }

    /// A worker that has seen no class yet, so that each measured job does all of its work.
    private var pipeline: GenerationPipeline {
        GenerationPipeline(models: [configuration.name: model], backend: backend)
    }

    private var grid: TokenGrid {
        TokenGrid(height: configuration.grid.height, width: configuration.grid.width)
    }

    /// Images of the first class as the model likes to be sampled; which class it is changes no cost.
    private func request(_ settings: SamplerSettings, images: Int) -> GenerationRequest {
        let defaults = configuration.defaults
        return GenerationRequest(
            model: configuration.name, classID: 0, className: configuration.classes[0].name, count: images, seed: 1,
            guidance: defaults.guidance,
            guidanceSchedule: GuidanceSchedule(rawValue: defaults.guidanceSchedule) ?? .linear,
            temperature: defaults.temperature, sampler: settings, metadata: true, priority: 0, deadline: nil)
    }

    private func operations(of request: GenerationRequest) -> OperationCount {
        OperationCount(request, configuration: configuration)
    }
}
