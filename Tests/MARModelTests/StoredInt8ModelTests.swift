import Checkpoint
import Compute
import Foundation
import RepositoryFiles
import Testing

@testable import MARModel

@Suite("A model whose weights are stored in 8 bits")
struct StoredInt8ModelTests {
    private static let fashion = RepositoryFiles.root.appending(path: "models/fashion").path
    private static let int8 = Engine.available.filter { $0.precision == .int8 }
    private static let others = Engine.available.filter { $0.precision != .int8 }

    private func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-int8-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    private func write(_ job: ModelImport, _ precision: WeightFilePrecision, to folder: URL) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try job.write(to: folder.appending(path: "model.safetensors").path, precision: precision) { _ in }
        try job.configuration.json().write(
            toFile: folder.appending(path: "model.json").path, atomically: true, encoding: .utf8)
        return folder.path
    }

    private func weights(_ model: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: model + "/model.safetensors")
    }

    /// Something of every layer.
    private func outputs(_ directory: String, _ engine: Engine) throws -> [Float] {
        let backend = engine.makeBackend(threads: 2)
        let model = try MARModel(directory: directory, backend: backend)
        let channels = model.configuration.latentChannels
        func numbers(_ rows: Int) -> [Float] { (0..<rows * channels).map { sin(Float($0)) } }
        let canvas = Canvas(known: [[3, 5, 8]], latents: numbers(3), classRows: [[1]])
        let encoded = model.encoder.encode(canvas, on: backend)
        let z = model.decoder.decode(encoded, of: canvas, wanted: [[1, 2]], on: backend)
        let modulation = model.head.modulate(
            times: model.head.embed(timesteps: [500], on: backend)[...],
            conditions: model.head.embed(conditions: z, on: backend), on: backend)[0]
        let x = backend.makeTensor(numbers(2), images: 1, rows: 2, columns: channels)
        let parts = [encoded, z, model.head.evaluate(x, modulation, on: backend)].flatMap(backend.read)
        return parts + model.vae.decode(numbers(model.configuration.tokenCount), on: backend)
    }

    private func micro() throws -> ModelImport {
        let folder = RepositoryFiles.fixtures.appending(path: "micro")
        return try ModelImport(
            checkpoint: folder.appending(path: "checkpoint-last.pth").path,
            vae: folder.appending(path: "kl16.ckpt").path,
            options: .init(name: "micro", heads: (encoder: 2, decoder: 3)))
    }

    @Test func `both programs that quantise round alike, ties and the ends of fp32 included`() throws {
        let file = try SafetensorsFile(path: RepositoryFiles.fixtures.appending(path: "quantised.safetensors").path)
        let (source, stored) = (try file.floats("source"), try file.quantised("weight"))
        let columns = try file.shape(of: "source")[1]
        let ours = QuantisedMatrix(source, columns: columns)
        #expect(ours == QuantisedMatrix(numbers: stored.numbers, scales: stored.scales, columns: columns))
        for piece in [1, 66, 67, 68, 1000, source.count] {
            var (quantiser, numbers) = (RowQuantiser(columns: columns), [Int8]())
            for start in stride(from: 0, to: source.count, by: piece) {
                numbers += quantiser.take(Array(source[start..<min(start + piece, source.count)]))
            }
            #expect(numbers == stored.numbers && quantiser.scales == stored.scales)
        }
    }

    /// Checkpoints in fp32, in fp32, fp16 and bf16 by turns, and in bf16.
    @Test(arguments: int8, ["tiny", "micro", "fashion"])
    func `an int8 engine computes the bits that it computes with the weights of its source`(
        engine: Engine, name: String
    ) throws {
        try withFolder { folder in
            let job: ModelImport
            let source: String
            if name == "micro" {
                job = try micro()
                source = try write(job, .fp32, to: folder.appending(path: "source"))
            } else {
                source = name == "tiny" ? RepositoryFiles.tiny : Self.fashion
                job = try ModelImport(model: source, name: "stored")
            }
            let stored = try write(job, .int8, to: folder.appending(path: "stored"))
            #expect(try weights(stored).fewestBits == 8)
            let expected = try outputs(source, engine)
            #expect(expected.allSatisfy { $0.isFinite })
            #expect(try outputs(stored, engine) == expected)
        }
    }

    @Test(arguments: others, ["tiny", "micro"])
    func `any other engine takes number times scale as ordinary weights`(engine: Engine, name: String) throws {
        try withFolder { folder in
            let job = name == "micro" ? try micro() : try ModelImport(model: RepositoryFiles.tiny, name: "stored")
            let stored = try write(job, .int8, to: folder.appending(path: "stored"))
            let plain = try write(job, .fp32, to: folder.appending(path: "plain"))
            let exact = try outputs(plain, engine)
            try writeNumbers(of: stored, to: plain)
            let found = try outputs(stored, engine)
            #expect(try found == outputs(plain, engine))
            let error = relativeError(found, exact)
            #expect(error > 1e-6 && error < 5e-2, "\(error)")
        }
    }

    /// Replaces the weights of one model by those of the other, every one in fp32.
    private func writeNumbers(of stored: String, to plain: String) throws {
        let source = CheckpointWeights(file: try weights(stored))
        let path = plain + "/model.safetensors"
        let shapes = try weights(plain)
        let tensors = try shapes.tensorNames.sorted().map { name in
            SafetensorsWriter.Tensor(name: name, shape: try shapes.shape(of: name), type: .float32)
        }
        try FileManager.default.removeItem(atPath: path)
        let writer = try SafetensorsWriter(path: path, tensors: tensors)
        for tensor in tensors { try writer.append(source.values(tensor.name, shape: tensor.shape, role: .table)) }
        try writer.finish()
        try source.finish()
    }

    @Test func `the file holds one byte of each weight inside blocks, and the rest as its source does`() throws {
        try withFolder { folder in
            let job = try ModelImport(model: Self.fashion, name: "stored")
            #expect(job.configuration.name == "stored" && job.configuration.classes.count == 10 && job.weights == nil)
            let stored = try weights(try write(job, .int8, to: folder.appending(path: "stored")))
            let source = try weights(Self.fashion)
            let size = try FileManager.default.attributesOfItem(atPath: stored.path)[.size] as? Int
            #expect(size == job.byteCount(precision: .int8))
            #expect(job.byteCount(precision: .int8) < job.byteCount(precision: .bf16))
            for tensor in ModelTensors(job.configuration).all {
                let isQuantised = try stored.isQuantised(tensor.name)
                #expect(isQuantised == (tensor.place == .block))
                guard !isQuantised else { continue }
                #expect(try stored.floats(tensor.name) == source.floats(tensor.name))
            }
            // 8 bits are not enough to make more of.
            let again = #expect(throws: CheckpointError.self) {
                try ModelImport(model: folder.appending(path: "stored").path, name: "again")
            }
            #expect(String(describing: again).contains("attn.qkv.weight: holds I8, expected F32, F16 or BF16"))
        }
    }

    @Test func `scales that belong to no tensor in 8 bits are refused`() throws {
        try withFolder { folder in
            let path = folder.appending(path: "x.safetensors").path
            let writer = try SafetensorsWriter(
                path: path,
                tensors: [
                    .init(name: "a.weight", shape: [2, 1], type: .float32),
                    .init(name: "a.weight.scale", shape: [2], type: .float32),
                ])
            for values in [[1, 2], [1, 1]] as [[Float]] { try writer.append(values) }
            try writer.finish()
            let source = CheckpointWeights(file: try SafetensorsFile(path: path))
            #expect(try source.values("a.weight", shape: [2, 1], role: .table) == [1, 2])
            #expect(throws: CheckpointError.unexpectedTensors(file: path, tensors: ["a.weight.scale"])) {
                try source.finish()
            }
        }
    }
}
