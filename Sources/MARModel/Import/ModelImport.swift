package import Checkpoint

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

    /// Without a checksum, and with classes that have numbers for names.
    package let configuration: ModelConfiguration
    /// What was taken.
    package let weights: Weights
    private let tensors: [SafetensorsWriter.Tensor]
    private let mar: Part
    private let vae: Part

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

    init(mar marFile: WeightFile, vae vaeFile: WeightFile, options: Options) throws(CheckpointError) {
        let group: String
        (group, weights) = try Self.choose(options.weights, in: marFile)
        mar = Part(file: marFile, group: group, prefix: "mar.")
        let vaeGroup = ["model", "state_dict", ""].first { vaeFile.groupNames.contains($0) }
        guard let vaeGroup else { throw .noWeights(file: vaeFile.path, reason: "holds no tensors") }
        vae = Part(file: vaeFile, group: vaeGroup, prefix: "vae.")

        let vaeShapes = vae.shapes.filter { name, _ in !Self.droppedPrefixes.contains { name.hasPrefix($0) } }
        let reader = ArchitectureReader(
            mar: mar.shapes, marFile: marFile.path, vae: vaeShapes, vaeFile: vaeFile.path)
        let configuration = try reader.configuration(name: options.name, heads: options.heads)
        try configuration.check(file: marFile.path)
        self.configuration = configuration.withPublishedSettings()
        tensors = ModelTensors(configuration).all
        try check(mar, shapes: mar.shapes)
        try check(vae, shapes: vaeShapes)
    }

    package var tensorCount: Int { tensors.count }
    package var parameterCount: Int { tensors.reduce(0) { $0 + $1.elementCount } }

    package func byteCount(precision: WeightFilePrecision) -> Int {
        SafetensorsWriter.byteCount(of: tensors, precision: precision)
    }

    /// Writes `model.safetensors`, a piece of a tensor at a time.
    /// - Parameter onProgress: gets the share that is written, 0...1.
    package func write(
        to path: String, precision: WeightFilePrecision, onProgress: (Double) -> Void
    ) throws(CheckpointError) {
        let writer = try SafetensorsWriter(path: path, tensors: tensors, precision: precision)
        var done = 0
        for tensor in tensors {
            let part = tensor.name.hasPrefix(mar.prefix) ? mar : vae
            let name = String(tensor.name.dropFirst(part.prefix.count))
            let stored = try part.file.tensor(name, of: part.group)
            try TensorReader(source: part.file.source).forEachPiece(of: stored, name: name) {
                (piece) throws(CheckpointError) in
                try writer.append(piece)
                done += piece.count
                onProgress(Double(done) / Double(parameterCount))
            }
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

    /// - Throws: `CheckpointError` naming every tensor that is missing or too much, or one of a wrong shape or type.
    private func check(_ part: Part, shapes: [String: [Int]]) throws(CheckpointError) {
        let expected = tensors.filter { $0.name.hasPrefix(part.prefix) }
            .map { (name: String($0.name.dropFirst(part.prefix.count)), shape: $0.shape) }
        let missing = expected.map(\.name).filter { shapes[$0] == nil }
        guard missing.isEmpty else { throw .missingTensors(file: part.file.path, tensors: missing) }
        let extra = Set(shapes.keys).subtracting(expected.map(\.name))
        guard extra.isEmpty else { throw .unexpectedTensors(file: part.file.path, tensors: extra.sorted()) }
        for (name, shape) in expected {
            let found = shapes[name, default: []]
            guard found == shape else {
                throw .wrongShape(file: part.file.path, tensor: name, expected: shape, found: found)
            }
            _ = try part.file.tensor(name, of: part.group)
        }
        // Every tensor is inside the file, but several may be in the same place: so the output is bounded by the input.
        let elementCount = expected.reduce(0) { $0 + $1.shape.reduce(1, *) }
        guard elementCount <= part.file.source.byteCount / 2 else {
            throw .noWeights(
                file: part.file.path,
                reason:
                    "its tensors claim \(elementCount) numbers, its \(part.file.source.byteCount) bytes cannot hold them"
            )
        }
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
