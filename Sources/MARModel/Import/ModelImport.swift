package import Checkpoint
import Foundation

/// An import that is ready to run: both files are read and understood, and every tensor is where it should be.
package struct ModelImport {
    /// Which of a checkpoint's weights.
    package enum Weights: String, Sendable, CaseIterable {
        /// The moving average, with which the published figures were made.
        case ema
        /// Those of the last training step.
        case raw

        var group: String {
            switch self {
            case .ema: "model_ema"
            case .raw: "model"
            }
        }
    }

    package struct Options {
        package var name: String
        /// nil: the average if there is one.
        package var weights: Weights?
        /// nil: those of the published size with this width.
        package var heads: (encoder: Int, decoder: Int)?

        package init(name: String, weights: Weights? = nil, heads: (encoder: Int, decoder: Int)? = nil) {
            self.name = name
            self.weights = weights
            self.heads = heads
        }
    }

    private struct Part {
        let file: WeightFile
        let group: String
        /// Before each name in `model.safetensors`.
        let prefix: String

        var shapes: [String: [Int]] { file.shapes(of: group) }
    }

    /// A tensor of the model, and where it comes from.
    private struct Item {
        let tensor: ModelTensors.Tensor
        let part: Part
        let stored: StoredTensor

        /// The tensor's name in its file.
        var name: String { String(tensor.name.dropFirst(part.prefix.count)) }
    }

    /// Without a checksum, and with classes that have numbers for names.
    package let configuration: ModelConfiguration
    /// What was taken; nil: a model's only ones.
    package let weights: Weights?
    private let items: [Item]

    /// Parts of an autoencoder that no image is decoded with.
    private static let droppedPrefixes = ["encoder.", "quant_conv.", "loss."]

    /// - Parameters:
    ///   - checkpoint, vae: PyTorch checkpoints or safetensors files.
    /// - Throws: `CheckpointError` naming the file and what is wrong with it.
    package init(checkpoint: String, vae: String, options: Options) throws(CheckpointError) {
        let marFile = try WeightFile(path: checkpoint, prefixes: Weights.allCases.map(\.group))
        let vaeFile = try WeightFile(path: vae, prefixes: ["model", "state_dict"])
        try self.init(mar: marFile, vae: vaeFile, options: options)
    }

    /// A model of this program, to be stored in another precision. Its classes and settings stay.
    /// - Parameter directory: of the model.
    /// - Throws: `CheckpointError` naming the file and what is wrong with it.
    package init(model directory: String, name: String) throws(CheckpointError) {
        let folder = URL(filePath: directory)
        var configuration = try ModelConfiguration(file: folder.appending(path: "model.json").path)
        (configuration.name, configuration.weightsSha256, configuration.provenance) = (name, nil, nil)
        self.configuration = configuration
        weights = nil
        let file = try WeightFile(path: folder.appending(path: "model.safetensors").path, prefixes: ["mar", "vae"])
        let tensors = ModelTensors(configuration).all
        let (mar, vae) = (
            Part(file: file, group: "mar", prefix: "mar."), Part(file: file, group: "vae", prefix: "vae.")
        )
        items = try Self.find(tensors, in: mar, shapes: mar.shapes) + Self.find(tensors, in: vae, shapes: vae.shapes)
    }

    init(mar marFile: WeightFile, vae vaeFile: WeightFile, options: Options) throws(CheckpointError) {
        let (group, weights) = try Self.choose(options.weights, in: marFile)
        self.weights = weights
        let mar = Part(file: marFile, group: group, prefix: "mar.")
        let vaeGroup = ["model", "state_dict", ""].first { vaeFile.groupNames.contains($0) }
        guard let vaeGroup else { throw .noWeights(file: vaeFile.path, reason: "holds no tensors") }
        let vae = Part(file: vaeFile, group: vaeGroup, prefix: "vae.")

        let vaeShapes = vae.shapes.filter { name, _ in !Self.droppedPrefixes.contains { name.hasPrefix($0) } }
        let reader = ArchitectureReader(
            mar: mar.shapes, marFile: marFile.path, vae: vaeShapes, vaeFile: vaeFile.path)
        let configuration = try reader.configuration(name: options.name, heads: options.heads)
        try configuration.check(file: marFile.path)
        self.configuration = configuration.withPublishedSettings()
        let tensors = ModelTensors(configuration).all
        items = try Self.find(tensors, in: mar, shapes: mar.shapes) + Self.find(tensors, in: vae, shapes: vaeShapes)
    }

    package var tensorCount: Int { items.count }
    package var parameterCount: Int { items.reduce(0) { $0 + $1.tensor.elementCount } }

    package func byteCount(precision: WeightFilePrecision) -> Int {
        SafetensorsWriter.byteCount(of: items.flatMap { Self.written($0, precision) })
    }

    /// What a tensor becomes in the file: itself, and its scales if it is stored in 8 bits.
    private static func written(_ item: Item, _ precision: WeightFilePrecision) -> [SafetensorsWriter.Tensor] {
        let (name, shape) = (item.tensor.name, item.tensor.shape)
        let type = precision.type(of: item.tensor, from: item.stored.type)
        let tensor = SafetensorsWriter.Tensor(name: name, shape: shape, type: type)
        guard type == .int8 else { return [tensor] }
        let scales = QuantisedTensor.scalesName(of: name)
        return [tensor, SafetensorsWriter.Tensor(name: scales, shape: [shape[0]], type: .float32)]
    }

    /// Writes `model.safetensors`, a piece of a tensor at a time.
    /// - Parameter onProgress: gets the share that is written, 0...1.
    package func write(
        to path: String, precision: WeightFilePrecision, onProgress: (Double) -> Void
    ) throws(CheckpointError) {
        let writer = try SafetensorsWriter(path: path, tensors: items.flatMap { Self.written($0, precision) })
        let total = Double(parameterCount)
        var done = 0
        for item in items {
            let isQuantised = precision.type(of: item.tensor, from: item.stored.type) == .int8
            var quantiser = isQuantised ? RowQuantiser(columns: item.tensor.elementCount / item.tensor.shape[0]) : nil
            try TensorReader(source: item.part.file.source).forEachPiece(of: item.stored, name: item.name) {
                (piece) throws(CheckpointError) in
                if let numbers = quantiser?.take(piece) {
                    try writer.append(numbers)
                } else {
                    try writer.append(piece)
                }
                done += piece.count
                onProgress(Double(done) / total)
            }
            if let quantiser { try writer.append(quantiser.scales) }
        }
        try writer.finish()
    }

    private static func choose(
        _ wanted: Weights?, in file: WeightFile
    ) throws(CheckpointError) -> (group: String, weights: Weights) {
        let groups = file.groupNames
        if let weights = (wanted.map { [$0] } ?? Weights.allCases).first(where: { groups.contains($0.group) }) {
            return (weights.group, weights)
        }
        // A dictionary of tensors and nothing else: whoever made it has chosen.
        if groups == [""] { return ("", wanted ?? .raw) }
        let found = groups.map { $0.isEmpty ? "tensors without a group" : $0 }.sorted().prefix(8)
        throw .noWeights(
            file: file.path,
            reason: "holds no \((wanted ?? .ema).group)"
                + (found.isEmpty ? ", and no other tensors" : "; there are: \(found.joined(separator: ", "))"))
    }

    /// Those of the tensors that are a part's.
    /// - Throws: `CheckpointError` naming every tensor that is missing or too much, or one of a wrong shape or type.
    private static func find(
        _ tensors: [ModelTensors.Tensor], in part: Part, shapes: [String: [Int]]
    ) throws(CheckpointError) -> [Item] {
        let own = tensors.filter { $0.name.hasPrefix(part.prefix) }
        let expected = own.map { (name: String($0.name.dropFirst(part.prefix.count)), tensor: $0) }
        let missing = expected.map(\.name).filter { shapes[$0] == nil }
        guard missing.isEmpty else { throw .missingTensors(file: part.file.path, tensors: missing) }
        var items: [Item] = []
        for (name, tensor) in expected {
            let found = shapes[name, default: []]
            guard found == tensor.shape else {
                throw .wrongShape(file: part.file.path, tensor: name, expected: tensor.shape, found: found)
            }
            items.append(
                Item(tensor: tensor, part: part, stored: try part.file.tensor(name, of: part.group)))
        }
        let extra = Set(shapes.keys).subtracting(expected.map(\.name))
        guard extra.isEmpty else { throw .unexpectedTensors(file: part.file.path, tensors: extra.sorted()) }
        // Every tensor is inside the file, but several may be in the same place: so the output is bounded by the input.
        let elementCount = own.reduce(0) { $0 + $1.elementCount }
        guard elementCount <= part.file.source.byteCount / 2 else {
            throw .noWeights(
                file: part.file.path,
                reason:
                    "its tensors claim \(elementCount) numbers, its \(part.file.source.byteCount) bytes cannot hold them"
            )
        }
        return items
    }
}

extension ModelConfiguration {
    /// With the official sampling settings, if this is one of the published sizes.
    func withPublishedSettings() -> ModelConfiguration {
        let official = ModelShape.published.map(\.configuration).first {
            $0.encoder == encoder && $0.decoder == decoder && $0.diffusionHead == diffusionHead
        }
        var copy = self
        if let official { copy.defaults = official.defaults }
        return copy
    }
}
