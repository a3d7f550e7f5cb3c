import Checkpoint
package import Compute
import Foundation

/// A masked autoregressive model, loaded: its configuration and its weights. Immutable; all workers share one.
package struct MARModel: Sendable {
    package let configuration: ModelConfiguration
    package let encoder: TransformerEncoder
    package let decoder: TransformerDecoder
    package let head: DiffusionHead
    package let vae: VAEDecoder

    /// Loads `model.json` and `model.safetensors` from a directory.
    /// - Parameter backend: of the kind that will run the model.
    /// - Throws: `CheckpointError` naming the file and the tensor or key at fault.
    package init(directory: String, backend: any Backend) throws {
        let folder = URL(filePath: directory)
        let configuration = try ModelConfiguration(file: folder.appending(path: "model.json").path)
        let file = try SafetensorsFile(path: folder.appending(path: "model.safetensors").path)
        try self.init(configuration, from: WeightReader(source: CheckpointWeights(file: file), backend: backend))
    }

    /// A model of this shape with random weights: the images are noise, the work is that of a trained one.
    package init(randomWeights configuration: ModelConfiguration, backend: any Backend) throws {
        try self.init(configuration, from: WeightReader(source: RandomWeights(), backend: backend))
    }

    private init(_ configuration: ModelConfiguration, from reader: WeightReader) throws {
        self.configuration = configuration
        encoder = try TransformerEncoder(configuration, from: reader)
        decoder = try TransformerDecoder(configuration, from: reader)
        head = try DiffusionHead(configuration, from: reader)
        vae = try VAEDecoder(configuration, from: reader)
        try reader.finish()
    }
}
