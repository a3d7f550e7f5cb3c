import Compute
import Foundation
import RepositoryFiles
import Testing

@testable import Checkpoint
@testable import MARModel

@Suite("Importing a checkpoint")
struct ImportTests {
    private static let checkpoint = RepositoryFiles.fixtures.appending(path: "micro/checkpoint-last.pth").path
    private static let vae = RepositoryFiles.fixtures.appending(path: "micro/kl16.ckpt").path

    /// Names, shapes and places that the layers ask for.
    private final class RecordingSource: WeightSource {
        var shapes: [String: [Int]] = [:]
        /// Of the matrices that layers inside blocks multiply.
        var inBlocks: Set<String> = []

        func tensor(_ name: String, shape: [Int], role: WeightRole) -> WeightTensor {
            shapes[name] = shape
            if case .matrix(_, at: .block) = role { inBlocks.insert(name) }
            return .numbers([Float](repeating: 0, count: shape.reduce(1, *)))
        }

        func finish() {}
    }

    private func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-import-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    private func micro(weights: ModelImport.Weights? = nil) throws -> ModelImport {
        try ModelImport(
            checkpoint: Self.checkpoint, vae: Self.vae,
            options: .init(name: "micro", weights: weights, heads: (encoder: 2, decoder: 3)))
    }

    private func write(
        _ job: ModelImport, to folder: URL, precision: WeightFilePrecision = .fp32
    ) throws -> SafetensorsFile {
        let path = folder.appending(path: "model.safetensors").path
        try job.write(to: path, precision: precision) { _ in }
        return try SafetensorsFile(path: path)
    }

    @Test(arguments: [ModelShape.tiny, .marB])
    func `the list of tensors is what the layers ask for`(shape: ModelShape) throws {
        let (configuration, source) = (shape.configuration, RecordingSource())
        let reader = WeightReader(source: source, backend: ReferenceBackend())
        if shape == .tiny {
            _ = try TransformerEncoder(configuration, from: reader)
            _ = try TransformerDecoder(configuration, from: reader)
            _ = try DiffusionHead(configuration, from: reader)
        }
        _ = try VAEDecoder(configuration, from: reader)
        let listed = ModelTensors(configuration).all.filter { shape == .tiny || $0.name.hasPrefix("vae.") }
        #expect(Dictionary(uniqueKeysWithValues: listed.map { ($0.name, $0.shape) }) == source.shapes)
        #expect(Set(listed.filter { $0.place == .block }.map(\.name)) == source.inBlocks)
    }

    @Test(arguments: [ModelShape.marB, .marL, .marH])
    func `the published sizes are inferred from their shapes, heads and settings included`(shape: ModelShape) throws {
        let expected = shape.configuration
        let tensors = ModelTensors(expected).all
        func part(_ prefix: String) -> [String: [Int]] {
            tensors.filter { $0.name.hasPrefix(prefix) }
                .reduce(into: [:]) { $0[String($1.name.dropFirst(prefix.count))] = $1.shape }
        }
        let reader = ArchitectureReader(mar: part("mar."), marFile: "m", vae: part("vae."), vaeFile: "v")
        var found = try reader.configuration(name: expected.name, heads: nil).withPublishedSettings()
        #expect(found == expected)
        found.encoder.depth += 1
        #expect(found.withPublishedSettings() == found)
    }

    @Test func `the average is taken by default, from tensors stored in every way`() throws {
        let job = try micro()
        #expect(job.weights == .ema)
        let configuration = job.configuration
        #expect(configuration.grid == .init(height: 4, width: 4) && configuration.latentChannels == 4)
        #expect(configuration.encoder == .init(width: 16, depth: 1, heads: 2))
        #expect(configuration.decoder == .init(width: 24, depth: 2, heads: 3))
        #expect(configuration.diffusionHead == .init(width: 20, depth: 2))
        #expect(configuration.mlpRatio == 2 && configuration.bufferTokens == 3 && configuration.classes.count == 5)
        #expect(configuration.vae.channels == 32 && configuration.vae.channelMultipliers == [1, 2])
        #expect(configuration.vae.residualBlocks == 1 && configuration.vae.outputChannels == 3)
        try withFolder { folder in
            var shares: [Double] = []
            let path = folder.appending(path: "model.safetensors").path
            try job.write(to: path, precision: .fp32) { shares.append($0) }
            #expect(shares.last == 1 && zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(try Data(contentsOf: URL(filePath: path)).count == job.byteCount(precision: .fp32))
        }
        // The raw weights are 1.01 times the average, and contiguous fp32; the fixture's average is in every form.
        try withFolder { folder in
            let raw = try write(try micro(weights: .raw), to: folder)
            try withFolder { folder in
                let average = try write(job, to: folder)
                #expect(raw.tensorNames.count == average.tensorNames.count)
                for name in average.tensorNames where name.hasPrefix("mar.") {
                    let (a, b) = (try average.floats(name), try raw.floats(name))
                    #expect(zip(a, b).allSatisfy { abs(1.01 * $0 - $1) <= 0.006 * abs($1) + 1e-5 }, "\(name)")
                }
            }
        }
    }

    @Test func `bf16 halves the file and rounds to the nearest`() throws {
        #expect(ElementType.roundedToBFloat16(1) == 0x3F80)
        #expect(ElementType.roundedToBFloat16(Float(bitPattern: 0x3F80_8000)) == 0x3F80)
        #expect(ElementType.roundedToBFloat16(Float(bitPattern: 0x3F81_8000)) == 0x3F82)
        #expect(ElementType.roundedToBFloat16(.greatestFiniteMagnitude) == 0x7F7F)
        #expect(ElementType.roundedToBFloat16(-.greatestFiniteMagnitude) == 0xFF7F)
        let job = try micro()
        #expect(job.byteCount(precision: .bf16) < job.byteCount(precision: .fp32) * 51 / 100 + 20_000)
        try withFolder { folder in
            let file = try write(job, to: folder, precision: .bf16)
            #expect(file.fewestBits == 16)
        }
    }

    @Test(arguments: ["", "model.", "model_ema."])
    func `safetensors files with the same names are taken, plain or under a prefix`(prefix: String) throws {
        try withFolder { folder in
            let file = try write(try micro(), to: folder)
            let mar = try copy(of: file, part: "mar.", prefix: prefix, in: folder)
            let vae = try copy(of: file, part: "vae.", prefix: "", in: folder)
            let job = try ModelImport(
                checkpoint: mar, vae: vae, options: .init(name: "again", heads: (encoder: 2, decoder: 3)))
            #expect(job.weights == (prefix == "model_ema." ? .ema : .raw))
            let again = folder.appending(path: "again")
            try FileManager.default.createDirectory(at: again, withIntermediateDirectories: true)
            let second = try write(job, to: again)
            for name in file.tensorNames { #expect(try file.floats(name) == second.floats(name)) }
        }
    }

    @Test func `missing, extra and misshapen tensors are named`() throws {
        try withFolder { folder in
            let file = try write(try micro(), to: folder)
            let vae = try copy(of: file, part: "vae.", prefix: "", in: folder)
            func refusal(_ change: (inout [SafetensorsWriter.Tensor]) -> Void) throws -> String {
                let mar = try copy(of: file, part: "mar.", prefix: "", in: folder, change: change)
                let error = #expect(throws: CheckpointError.self) {
                    try ModelImport(checkpoint: mar, vae: vae, options: .init(name: "x", heads: (2, 3)))
                }
                return error.map(\.description) ?? ""
            }
            #expect(
                try refusal { $0.removeAll { $0.name.hasSuffix("mask_token") || $0.name.hasSuffix("z_proj.bias") } }
                    .hasSuffix("missing: z_proj.bias, mask_token"))
            #expect(try refusal { $0.removeAll { $0.name == "z_proj.weight" } }.hasSuffix("missing: z_proj.weight"))
            #expect(
                try refusal { $0.append(.init(name: "pos_embed", shape: [1], type: .float32)) }
                    .hasSuffix("no place in this model for pos_embed"))
            #expect(
                try refusal { tensors in
                    let index = tensors.firstIndex { $0.name == "decoder_norm.weight" } ?? 0
                    tensors[index] = .init(name: "decoder_norm.weight", shape: [12, 2], type: .float32)
                }.hasSuffix("tensor decoder_norm.weight has shape [12, 2], expected [24]"))
            let unknown = #expect(throws: CheckpointError.self) {
                try ModelImport(checkpoint: Self.checkpoint, vae: Self.vae, options: .init(name: "x"))
            }
            #expect(String(describing: unknown).contains("16 wide is not known; give it with --heads"))
            let uneven = #expect(throws: CheckpointError.self) {
                try ModelImport(checkpoint: Self.checkpoint, vae: Self.vae, options: .init(name: "x", heads: (3, 3)))
            }
            #expect(String(describing: uneven).contains("encoder.width 16 is not a multiple of encoder.heads 3"))
        }
    }

    @Test func `files without the weights that are asked for are refused`() throws {
        let swapped = #expect(throws: CheckpointError.self) {
            try ModelImport(checkpoint: Self.vae, vae: Self.checkpoint, options: .init(name: "x", weights: .ema))
        }
        #expect(swapped?.description.hasSuffix("holds no model_ema; there are: model") == true)
        try withFolder { folder in
            let path = folder.appending(path: "old.pt")
            try Data([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC]).write(to: path)
            let old = #expect(throws: CheckpointError.self) {
                try ModelImport(checkpoint: path.path, vae: Self.vae, options: .init(name: "x"))
            }
            #expect(String(describing: old).contains("before PyTorch 1.6"))
            try Data().write(to: path)
            #expect(throws: CheckpointError.self) {
                try ModelImport(checkpoint: path.path, vae: Self.vae, options: .init(name: "x"))
            }
        }
    }

    /// Writes one part of a model under other names.
    private func copy(
        of file: SafetensorsFile, part: String, prefix: String, in folder: URL,
        change: (inout [SafetensorsWriter.Tensor]) -> Void = { _ in }
    ) throws -> String {
        var tensors = try file.tensorNames.sorted().filter { $0.hasPrefix(part) }.map { name in
            SafetensorsWriter.Tensor(
                name: prefix + name.dropFirst(part.count), shape: try file.shape(of: name), type: .float32)
        }
        change(&tensors)
        let path = folder.appending(path: "\(part)\(UUID()).safetensors").path
        let writer = try SafetensorsWriter(path: path, tensors: tensors)
        for tensor in tensors {
            let name = part + tensor.name.dropFirst(prefix.count)
            try writer.append(
                file.tensorNames.contains(name)
                    ? try file.floats(name) : [Float](repeating: 0, count: tensor.elementCount))
        }
        try writer.finish()
        return path
    }
}
