import ArgumentParser
import Checkpoint
import Foundation
import Generation
import MARModel

/// `underpaint import`: a PyTorch checkpoint becomes a model directory, or a model one in another precision.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a model of a MAR checkpoint and its autoencoder.",
        discussion: """
            Takes the files of the MAR authors as they are (checkpoint-last.pth, kl16.ckpt), or safetensors files with \
            the same names. Nothing in them is executed. Of a model's directory it makes one whose weights are stored in \
            another precision.
            """)

    @Argument(help: "checkpoint-last.pth, a safetensors file, or a model's directory.", completion: .file())
    var checkpoint: String

    @Option(
        name: .long, help: "The autoencoder: kl16.ckpt, or a safetensors file. A model has its own.",
        completion: .file())
    var vae: String?

    @Option(name: .long, help: "The model's name: letters, digits, '-', '.' and '_'.")
    var name: String

    @Option(
        name: .long,
        help:
            """
            imagenet, or a file with a class per line (name, synonyms between tabs). Without it: class 0, class 1, ...; \
            a model keeps its own.
            """
    )
    var classes: String?

    @Option(
        name: .long,
        help: "fp32 keeps every bit; bf16 halves the file and rounds; int8 stores what an int8 engine multiplies.")
    var precision = WeightFilePrecision.fp32

    @Option(name: .long, help: "ema or raw. Without it: ema, or raw where a file has no other.")
    var weights: ModelImport.Weights?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Attention heads, or those of encoder and decoder; needed beside MAR-B, -L and -H.", valueName: "n|n,n"))
    var heads: String?

    @Option(name: .shortAndLong, help: "Directory of the models.", completion: .directory)
    var output = "models"

    @Flag(name: .long, help: "Replace a model of this name.")
    var force = false

    func run() throws {
        guard name.wholeMatch(of: /[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}/) != nil else {
            throw ValidationError("--name takes 1 to 64 letters, digits, '-', '.' and '_', not starting with '.'")
        }
        let start = ContinuousClock.now
        let source = try ImportSource(self)
        let job = try source.makeImport(name: name, weights: weights, heads: try headCounts())
        var configuration = job.configuration
        if classes != nil || !source.isModel {
            configuration.classes = try ClassNames(classes).classes(count: configuration.classes.count)
        }
        let staging = try ModelStaging(name: name, in: output, replacing: force)

        let weightsPath = staging.path(of: "model.safetensors")
        let byteCount = job.byteCount(precision: precision)
        let sources = try source.files.map { path in
            try URL(filePath: path).resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        }
        // Every byte is read and hashed once; those of the result are written too.
        let total = Double(sources.reduce(0, +) + 2 * byteCount)
        let bar = ProgressBar(isShown: true)
        defer { bar.finish() }
        try job.write(to: weightsPath, precision: precision) { share in
            bar.show(share * Double(byteCount) / total, label: "writing")
        }
        var done = byteCount
        func digest(_ path: String) throws -> String {
            try SHA256Digest(ofFile: path) { count in
                done += count
                bar.show(Double(done) / total, label: "checksums")
            }.description
        }
        configuration.weightsSha256 = try digest(weightsPath)
        configuration.provenance = try source.provenance(weights: job.weights, precision: precision, digest)
        try source.copyPictures(to: staging)
        try configuration.json().write(toFile: staging.path(of: "model.json"), atomically: true, encoding: .utf8)
        let path = try staging.place()
        bar.finish()
        print(report(job, configuration, path: path, byteCount: byteCount, time: ContinuousClock.now - start))
    }

    private func headCounts() throws -> (encoder: Int, decoder: Int)? {
        guard let heads else { return nil }
        let numbers = heads.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard (1...2).contains(numbers.count), numbers.allSatisfy({ $0 >= 1 }) else {
            throw ValidationError("--heads takes one number or two between a comma, not \"\(heads)\"")
        }
        return (numbers[0], numbers[numbers.count - 1])
    }

    private func report(
        _ job: ModelImport, _ configuration: ModelConfiguration, path: String, byteCount: Int, time: Duration
    ) -> String {
        let (encoder, decoder) = (configuration.encoder, configuration.decoder)
        let what = [job.weights?.rawValue, precision.rawValue].compactMap(\.self).joined(separator: ", ")
        let seconds = String(format: "%.1f", time / .seconds(1))
        return """
            \(path): \(job.tensorCount) tensors, \(job.parameterCount) weights (\(what)), \(byteCount) bytes, in \(seconds) s
              \(configuration.imageWidth) x \(configuration.imageHeight) pixels, \(configuration.classes.count) classes, \
            \(configuration.bufferTokens) buffer tokens
              encoder \(encoder.width) x \(encoder.depth), \(encoder.heads) heads; decoder \(decoder.width) x \
            \(decoder.depth), \(decoder.heads) heads; head \(configuration.diffusionHead.width) x \
            \(configuration.diffusionHead.depth)
              default: \(configuration.defaults.sampler), guidance \(configuration.defaults.guidance) \
            \(configuration.defaults.guidanceSchedule)
            """
    }
}

extension WeightFilePrecision: ExpressibleByArgument {}
extension ModelImport.Weights: ExpressibleByArgument {}
