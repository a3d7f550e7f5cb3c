import ArgumentParser
import Compute
import Foundation
import Generation
import JSON
import Pipeline
import Reproduction

/// `underpaint verify`: makes images again from the settings that they carry, and compares.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Make images again from their settings, and compare.",
        discussion: """
            Exits with 0 if every file is the same byte by byte, with 1 if one is not or cannot be made again. It needs no \
            service.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Ask only for the same pixels: texts and compression may be others.")
    var pixels = false

    @Flag(name: .long, help: "Print one JSON object per file.")
    var json = false

    @Argument(help: "PNG files that Underpaint made.", completion: .file(extensions: ["png"]))
    var files: [String]

    func run() throws {
        let settings = try options.load()
        let library = try ModelLibrary(
            directory: settings.models.directory, defaultModel: settings.models.defaultName)
        let engine = settings.engineChoice.engine
        let backend = engine.makeBackend(threads: settings.workerPlan.threads)
        let pipeline = GenerationPipeline(
            models: ModelCache(library, limit: settings.models.maxLoaded), backend: backend,
            maker: ServiceConfiguration.imageMaker(engine))
        var areAllGood = true
        for file in files {
            let isGood = try verify(file, library.served, pipeline)
            areAllGood = isGood && areAllGood
        }
        if !areAllGood { throw ExitCode(1) }
    }

    /// Prints what came of it.
    /// - Returns: whether the file is as it should be.
    private func verify(_ file: String, _ models: [ServedModel], _ pipeline: GenerationPipeline) throws -> Bool {
        let (image, request): (SignedImage, GenerationRequest)
        do {
            image = try SignedImage([UInt8](try Data(contentsOf: URL(filePath: file))), models: models)
            request = try image.request(models: models, limits: APILimits())
        } catch {
            // What the file system says is an error of Foundation, and long.
            let reason = error is SignedImageError ? "\(error)" : error.localizedDescription
            report(file, "not comparable", [reason], document: .record(["error": .string(reason)]))
            return false
        }
        let weights = models.first { $0.name == request.model }?.weightsSHA256 ?? ""
        let result = try image.verification(withWeights: weights) ?? made(request, by: pipeline, as: image)
        let outcome =
            switch (result.isIdentical, result.hasSamePixels) {
            case (true, _): "identical"
            case (false, true): "the same pixels, another file"
            default: "different"
            }
        report(
            file, outcome, result.differences.map(\.description),
            document: result.document(of: image, request, job: nil))
        return result.isIdentical || pixels && result.hasSamePixels == true
    }

    private func made(
        _ request: GenerationRequest, by pipeline: GenerationPipeline, as image: SignedImage
    ) throws -> Verification {
        let outcome = try pipeline.generate(request) { _ in }
        return try image.verification(against: outcome.images[0].png)
    }

    private func report(_ file: String, _ outcome: String, _ reasons: [String], document: JSONValue) {
        if json {
            print(JSONValue.record(["path": .string(file)]).merging(document).text())
        } else {
            print(([file + ": " + outcome] + reasons.map { "  " + $0 }).joined(separator: "\n"))
        }
    }
}

extension JSONValue {
    fileprivate func merging(_ other: JSONValue) -> JSONValue {
        guard case (.object(let own), .object(let more)) = (self, other) else { return other }
        return .object(own + more)
    }
}
