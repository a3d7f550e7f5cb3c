import ArgumentParser
import Compute
import Foundation
import Generation
import JSON
import PNGEncoder
import Pipeline

/// `underpaint pictures`: one small picture of each class of a model, for those who choose by looking.
struct PicturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pictures", abstract: "Paint a picture of each class of a model, which the page shows.",
        discussion: "Writes classes.png beside the model's model.json. A service that is started afterwards shows it.")

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var sampling: SamplingOptions

    @Option(name: .long, help: "Model; without it the configured default.")
    var model: String?

    @Option(name: .long, help: "Seed of all pictures.")
    var seed = 7

    func run() throws {
        let settings = try options.load()
        let library = try ModelLibrary(
            directory: settings.models.directory, defaultModel: model ?? settings.models.defaultName)
        let served = library.served[0]
        let backend = settings.engineChoice.engine.makeBackend(threads: settings.workerPlan.threads)
        let pipeline = GenerationPipeline(models: ModelCache(library), backend: backend)
        let bar = ProgressBar(isShown: true)
        let images = try served.classes.enumerated().map { index, item in
            bar.show(Double(index) / Double(served.classes.count), label: item.name)
            return try picture(of: item, pipeline, library.served)
        }
        bar.finish()
        let sheet = try ClassPictures.sheet(of: images)
        let file = URL(filePath: try library.directory(of: served.name)).appending(path: ClassPictures.fileName)
        try Data(try sheet.encoded()).write(to: file, options: .atomic)
        print("\(file.path): \(images.count) classes, \(sheet.width) x \(sheet.height) pixels")
    }

    private func picture(
        of item: ModelClass, _ pipeline: GenerationPipeline, _ models: [ServedModel]
    ) throws -> PNGImage {
        var submission = try sampling.submission()
        submission.classReference = .id(item.id)
        submission.seed = seed
        submission.metadata = false
        let request: GenerationRequest
        do {
            request = try submission.resolve(models: models, limits: APILimits())
        } catch {
            throw ValidationError(error.description)
        }
        let png = try pipeline.generate(request) { _ in }.images[0].png
        return try PNGFile(png, widest: .max, highest: .max).image
    }
}
