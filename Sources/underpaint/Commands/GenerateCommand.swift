import ArgumentParser
import Compute
import Foundation
import Generation
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

    @Option(name: .long, help: "Seed of the first image; image n has seed + n. Without it: drawn at random.")
    var seed: Int?

    @Option(name: [.long, .customShort("n")], help: "Number of images.")
    var count = 1

    @Option(name: .shortAndLong, help: "Folder for the images, made if missing.", completion: .directory)
    var output = "out"

    @Flag(name: .long, inversion: .prefixedNo, help: "Write the settings into the PNGs.")
    var metadata = true

    @Flag(name: .long, help: "Print one JSON object: images, timings, work, settings.")
    var json = false

    func run() throws {
        let settings = try options.load()
        let library = try ModelLibrary(
            directory: settings.models.directory, defaultModel: model ?? settings.models.defaultName)
        let requests = try requests(of: library)

        let engine = settings.engineChoice.engine
        let backend = engine.makeBackend(threads: settings.workerThreads)
        let models = ModelCache(library)
        // Before the progress bar and the clock start.
        try models.load([library.served[0].name], with: backend)
        let pipeline = GenerationPipeline(
            models: models, backend: backend, maker: ServiceConfiguration.imageMaker(engine))
        try FileManager.default.createDirectory(
            at: URL(filePath: output), withIntermediateDirectories: true)

        var report = GenerationReport(perImage: cost(of: requests[0], on: library.served[0]))
        let bar = ProgressBar(isShown: !json)
        for (index, request) in requests.enumerated() {
            let clock = ContinuousClock()
            let start = clock.now
            let outcome = try pipeline.generate(request) { progress in
                let done = Double(progress.step) / Double(max(progress.steps, 1))
                bar.show((Double(index) + done) / Double(requests.count), label: progress.stage.rawValue)
            }
            report.add(
                request, outcome, work: library.served[0].work(request), total: clock.now - start,
                files: try write(outcome.images, of: request))
        }
        bar.finish()
        if requests.count > 1 {
            try report.manifest.text(isIndented: true)
                .write(to: URL(filePath: output).appending(path: "images.json"), atomically: true, encoding: .utf8)
        }
        print(json ? report.json.text(isIndented: true) : report.table)
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
            throw ValidationError(errors.description)
        }
    }

    /// - Returns: names of the files, in the order of the images.
    private func write(_ images: [GeneratedImage], of request: GenerationRequest) throws -> [String] {
        let words = request.className.lowercased().split { !$0.isLetter && !$0.isNumber }
        return try images.map { image in
            let name = "\(words.joined(separator: "-"))-\(image.seed).png"
            try Data(image.png).write(to: URL(filePath: output).appending(path: name), options: .atomic)
            return name
        }
    }
}
