import ArgumentParser
import Compute
import Foundation
import Generation
import Glibc
import JSON
import Pipeline
import Sampler

/// `underpaint generate`: images into a folder, without a server.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write images to a folder.",
        discussion: "With --class all: --count images of each class, and images.json lists them.")

    /// Images of one class in one run.
    private static let maximumCount = 100_000

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var sampling: SamplingOptions

    @Option(name: [.customLong("class"), .customShort("c")], help: "A class's name or number, or all.")
    var className: String

    @Option(name: .long, help: "Model; without it the configured default.")
    var model: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: "Seed of the first image; image n has seed + n. Without it: drawn at random.")
    var seed: Int?

    @Option(name: [.long, .customShort("n")], parsing: .unconditional, help: "Number of images.")
    var count = 1

    @Option(name: .shortAndLong, help: "Folder for the images, made if missing.", completion: .directory)
    var output = "out"

    @Flag(name: .long, inversion: .prefixedNo, help: "Write the settings into the PNGs.")
    var metadata = true

    @Flag(name: .long, help: "Print one JSON object: images, timings, work, settings.")
    var json = false

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output takes a folder, not an empty text; . is the current one") }
    }

    func run() throws {
        let settings = try options.load()
        let directory = settings.models.directory
        let library =
            try model.map { try ModelLibrary(directory: directory, naming: $0) }
            ?? ModelLibrary(directory: directory, defaultModel: settings.models.defaultName)
        let requests = try requests(of: library)
        let folder = try ImageFolder(output)

        let engine = settings.engineChoice.engine
        let backend = engine.makeBackend(threads: settings.workerPlan.threads)
        let models = ModelCache(library)
        // Before the progress line and the clock start.
        try models.load([library.served[0].name], with: backend)
        let pipeline = GenerationPipeline(
            models: models, backend: backend, maker: ServiceConfiguration.imageMaker(engine))

        var report = GenerationReport(folder: folder, perImage: cost(of: requests[0], on: library.served[0]))
        let bar = ProgressBar(isShown: !json)
        let total = requests.count * count
        Interruption.watch()
        do {
            defer { bar.finish() }
            for request in requests {
                let (start, firstIndex) = (ContinuousClock.now, report.imageCount)
                let outcome = try pipeline.generate(
                    request,
                    onProgress: { progress in
                        try Interruption.check()
                        bar.show(
                            (Double(firstIndex) + progress.fraction * Double(request.count)) / Double(total),
                            label: progress.stage.rawValue,
                            item: item(after: report.imageCount, since: firstIndex, of: total))
                    },
                    onStep: nil,
                    onImage: { image in
                        let path = try report.write(image, of: request)
                        if !json {
                            bar.finish()
                            print(path)
                            fflush(nil)
                        }
                    })
                report.add(outcome.stages, work: library.served[0].work(request), total: ContinuousClock.now - start)
            }
        } catch is CancellationError {
            if requests.count > 1 { try report.writeManifest() }
            FileHandle.standardError.write(
                Data("stopped: \(report.imageCount) of \(total) images are in \(output)\n".utf8))
            throw ExitCode(128 + SIGINT)
        }
        if requests.count > 1 { try report.writeManifest() }
        print(json ? report.json.text(isIndented: true) : report.table)
    }

    /// What is being made, `images 5-8 of 16`: the pipeline paints a few together.
    ///
    /// - Parameters:
    ///   - done: images that are written.
    ///   - first: those that were when the request began.
    /// - Returns: nil for the only image.
    private func item(after done: Int, since first: Int, of total: Int) -> String? {
        guard total > 1 else { return nil }
        let batch = GenerationPipeline.batchSize
        let last = first + min(count, ((done - first) / batch + 1) * batch)
        return done + 1 >= last ? "image \(last) of \(total)" : "images \(done + 1)-\(last) of \(total)"
    }

    /// - Parameter request: any of them: they differ in class and seed.
    private func cost(of request: GenerationRequest, on model: ServedModel) -> GenerationReport.ImageCost {
        var single = request
        single.count = 1
        let plan = SamplingPlan(single.sampler, grid: model.grid, seed: single.seed)
        return GenerationReport.ImageCost(
            work: model.work(single),
            diffusionEvaluations: plan.diffusionEvaluations(timestepClip: single.sampler.timestepClip))
    }

    /// One request per class, checked as the API checks it.
    private func requests(of library: ModelLibrary) throws -> [GenerationRequest] {
        var submission = try sampling.submission()
        submission.seed = seed
        submission.count = count
        submission.metadata = metadata
        let classes: [GenerationSubmission.ClassReference] =
            className == "all" ? library.served[0].classes.map { .id($0.id) } : [.name(className)]
        do {
            return try classes.map { reference in
                submission.classReference = reference
                return try submission.resolve(
                    models: library.served, limits: APILimits(maximumCount: Self.maximumCount))
            }
        } catch let errors as FieldErrors {
            throw ValidationError(errors)
        }
    }
}
