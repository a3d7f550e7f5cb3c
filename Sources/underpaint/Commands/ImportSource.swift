import ArgumentParser
import Foundation
import Generation
import MARModel
import Pipeline

/// What `underpaint import` reads: the two files of a checkpoint, or a model.
enum ImportSource {
    case checkpoint(String, vae: String)
    /// Its directory.
    case model(String)

    /// - Throws: `ValidationError` if the options do not go together.
    init(_ command: ImportCommand) throws {
        let path = command.checkpoint
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
            guard let vae = command.vae else {
                throw ValidationError("--vae takes the autoencoder's file: \(path) is a checkpoint and has none")
            }
            self = .checkpoint(path, vae: vae)
            return
        }
        guard command.vae == nil, command.weights == nil, command.heads == nil else {
            throw ValidationError("--vae, --weights and --heads belong to a checkpoint: \(path) is a model's directory")
        }
        self = .model(path)
    }

    var isModel: Bool {
        switch self {
        case .checkpoint: false
        case .model: true
        }
    }

    /// Paths of what is read.
    var files: [String] {
        switch self {
        case .checkpoint(let checkpoint, let vae): [checkpoint, vae]
        case .model(let directory): [URL(filePath: directory).appending(path: "model.safetensors").path]
        }
    }

    func makeImport(
        name: String, weights: ModelImport.Weights?, heads: (encoder: Int, decoder: Int)?
    ) throws -> ModelImport {
        switch self {
        case .checkpoint(let checkpoint, let vae):
            try ModelImport(
                checkpoint: checkpoint, vae: vae, options: .init(name: name, weights: weights, heads: heads))
        case .model(let directory): try ModelImport(model: directory, name: name)
        }
    }

    /// - Parameter digest: SHA-256 of a file, in hexadecimal.
    func provenance(
        weights: ModelImport.Weights?, precision: WeightFilePrecision, _ digest: (_ path: String) throws -> String
    ) throws -> ModelConfiguration.Provenance {
        let read = try files.map { path in
            ModelConfiguration.Provenance.File(
                file: URL(filePath: path).lastPathComponent, sha256: try digest(path))
        }
        return .init(
            weights: weights?.rawValue, precision: precision.rawValue, checkpoint: isModel ? nil : read[0],
            vae: isModel ? nil : read[1], model: isModel ? read[0] : nil)
    }

    /// A model's pictures of its classes are those of the same weights in another precision, near enough.
    func copyPictures(to staging: ModelStaging) throws {
        guard case .model(let directory) = self else { return }
        let pictures = URL(filePath: directory).appending(path: ClassPictures.fileName).path
        guard FileManager.default.fileExists(atPath: pictures) else { return }
        try FileManager.default.copyItem(atPath: pictures, toPath: staging.path(of: ClassPictures.fileName))
    }
}
