import Compute
import Foundation
import MARModel
import RepositoryFiles
import Testing

@testable import underpaint

@Suite("underpaint import and parity", .serialized)
struct ImportCommandTests {
    private static let micro = RepositoryFiles.fixtures.appending(path: "micro")
    private let models: TemporaryModels

    init() throws { models = try TemporaryModels() }

    private func run(_ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        try ServedProcess.run(ServedProcess.binary, arguments)
    }

    private func importMicro(
        _ name: String, checkpoint: String? = nil, _ more: [String] = ["--heads", "2,3"]
    ) throws -> (code: Int32, output: String, error: String) {
        try run(
            [
                "import", checkpoint ?? Self.micro.appending(path: "checkpoint-last.pth").path, "--vae",
                Self.micro.appending(path: "kl16.ckpt").path, "--name", name, "-o", models.path,
            ] + more)
    }

    private func parity(_ name: String, _ more: [String] = []) throws -> (code: Int32, output: String, error: String) {
        try run(
            [
                "parity", "--model", models.folder.appending(path: name).path, "--trace",
                Self.micro.appending(path: "trace.safetensors").path, "--threads", "1",
            ] + more)
    }

    private func json(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: models.folder.appending(path: "\(name)/model.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `an imported checkpoint computes what PyTorch computes, on every backend`() throws {
        let imported = try importMicro("micro")
        #expect(imported.code == 0, "\(imported.error)")
        for backend in EngineOffer.all {
            // A backend that this machine lacks says so before it computes.
            let compared = try parity("micro", ["--backend", backend.name, "--json"])
            guard let object = try? JSONSerialization.jsonObject(with: Data(compared.output.utf8)),
                let report = object as? [String: Any]
            else {
                Issue.record("\(backend.name): \(compared.error)")
                continue
            }
            #expect(compared.code == 0 && report["passes"] as? Bool == true, "\(compared.output)")
            #expect((report["tensors"] as? [[String: Any]])?.count == 8)
        }
    }

    @Test func `a model is stored in 8 bits, and an int8 engine paints the same bytes with it`() throws {
        let fashion = RepositoryFiles.root.appending(path: "models/fashion")
        func image(_ directory: String, _ model: String) throws -> Data {
            let folder = models.folder.appending(path: "images-\(model)")
            let result = try run([
                "generate", "--models", directory, "--model", model, "--class", "bag", "--seed", "7", "--no-metadata",
                "--backend", "reference", "--precision", "int8", "--steps", "2,1,1", "--diffusion-steps", "4,2,2,4",
                "-o", folder.path, "--json",
            ])
            #expect(result.code == 0, "\(result.error)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            return try Data(contentsOf: folder.appending(path: try #require(names.first { $0.hasSuffix(".png") })))
        }
        let result = try run([
            "import", fashion.path, "--name", "small", "--precision", "int8", "-o", models.path,
        ])
        #expect(result.code == 0, "\(result.error)")
        #expect(try image(models.path, "small") == image(fashion.deletingLastPathComponent().path, "fashion"))

        let (description, provenance) = (try json("small"), try json("small")["provenance"] as? [String: Any])
        #expect(provenance?["precision"] as? String == "int8" && provenance?["checkpoint"] == nil)
        #expect((provenance?["model"] as? [String: String])?["file"] == "model.safetensors")
        #expect((description["classes"] as? [Any])?.count == 10)
        #expect(description["weights_sha256"] as? String != (provenance?["model"] as? [String: String])?["sha256"])
        let files = try FileManager.default.contentsOfDirectory(
            atPath: models.folder.appending(path: "small").path)
        #expect(Set(files) == ["model.json", "model.safetensors", "classes.png"])
    }

    @Test func `a checkpoint needs an autoencoder, and a model has one`() throws {
        let checkpoint = Self.micro.appending(path: "checkpoint-last.pth").path
        let without = try run(["import", checkpoint, "--name", "x", "-o", models.path])
        #expect(without.code != 0 && without.error.contains("--vae takes the autoencoder's file"))
        let with = try importMicro("x", checkpoint: RepositoryFiles.tiny)
        #expect(with.code != 0 && with.error.contains("belong to a checkpoint"))
        let none = try run(["import", models.path, "--name", "x", "-o", models.path])
        #expect(none.code != 0 && none.error.contains("model.json"))
    }

    @Test func `parity of a model in 8 bits is judged as such`() throws {
        #expect(try importMicro("micro", ["--heads", "2,3", "--precision", "int8"]).code == 0)
        let compared = try parity("micro")
        #expect(compared.code == 0 && compared.output.contains("weights stored in 8 bits"), "\(compared.output)")
    }

    @Test func `model.json names what was imported, with checksums`() throws {
        #expect(try importMicro("micro", ["--heads", "2,3", "--weights", "raw", "--precision", "bf16"]).code == 0)
        let description = try json("micro")
        let provenance = try #require(description["provenance"] as? [String: Any])
        #expect(provenance["weights"] as? String == "raw" && provenance["precision"] as? String == "bf16")
        func sha256(_ url: URL) throws -> String {
            let result = try ServedProcess.run(URL(filePath: "/usr/bin/env"), ["sha256sum", url.path])
            return String(result.output.prefix(64))
        }
        let checkpoint = try #require(provenance["checkpoint"] as? [String: String])
        #expect(checkpoint["file"] == "checkpoint-last.pth")
        #expect(try checkpoint["sha256"] == sha256(Self.micro.appending(path: "checkpoint-last.pth")))
        #expect(
            try description["weights_sha256"] as? String
                == sha256(models.folder.appending(path: "micro/model.safetensors")))
        // The raw weights are not those of the trace: in bf16 the difference is lost in the tolerance.
        #expect(try parity("micro").code == 0)
        #expect(try importMicro("raw", ["--heads", "2,3", "--weights", "raw"]).code == 0)
        let compared = try parity("raw")
        #expect(compared.code == 1 && compared.output.contains("OVER TOLERANCE"))
    }

    @Test func `an import that fails or is in the way of another leaves no model and says why`() throws {
        let unknown = try importMicro("micro", [])
        #expect(unknown.code != 0 && unknown.error.contains("--heads"))
        let names = try importMicro("micro", ["--heads", "2,3", "--classes", "imagenet"])
        #expect(names.code != 0 && names.error.contains("1000 names, the model 5 classes"))
        let outside = try importMicro("../micro")
        #expect(outside.code != 0 && outside.error.contains("--name"))
        let cut = models.folder.appending(path: "cut.pth")
        try Data(contentsOf: Self.micro.appending(path: "checkpoint-last.pth")).prefix(100_000).write(to: cut)
        let truncated = try importMicro("micro", checkpoint: cut.path)
        #expect(truncated.code != 0 && truncated.error.contains("cut.pth: not a PyTorch checkpoint"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: models.path) == ["cut.pth"])

        // What a killed import left is cleared away, and is no model meanwhile.
        let left = models.folder.appending(path: ".import-micro.partial")
        try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: left.appending(path: "model.safetensors"))
        #expect(try importMicro("micro").code == 0)
        #expect(!FileManager.default.fileExists(atPath: left.path))
        let again = try importMicro("micro")
        #expect(again.code != 0 && again.error.contains("--force replaces it"))
        #expect(try importMicro("micro", ["--heads", "2,3", "--force"]).code == 0)
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: models.path)) == ["cut.pth", "micro"])
    }

    @Test func `a second import of the same name is refused and leaves the first alone`() throws {
        var first: ModelStaging? = try ModelStaging(name: "micro", in: models.path, replacing: false)
        let file = try #require(first?.path(of: "model.safetensors"))
        try Data("begun".utf8).write(to: URL(filePath: file))
        let second = try importMicro("micro")
        #expect(second.code != 0 && second.error.contains("another import of this name is running"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "begun")
        let placed = try #require(try first?.place())
        first = nil
        #expect(try FileManager.default.contentsOfDirectory(atPath: placed) == ["model.safetensors"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: models.path) == ["micro"])
    }

    @Test func `class names come from a file`() throws {
        let list = models.folder.appending(path: "classes.txt")
        try "ant\temmet\nbee\ncat\ndog\telk\n".write(to: list, atomically: true, encoding: .utf8)
        #expect(try importMicro("micro", ["--heads", "2,3", "--classes", list.path]).error.contains("4 names"))
        try "ant\temmet\nbee\ncat\ndog\nelk\n".write(to: list, atomically: true, encoding: .utf8)
        #expect(try importMicro("micro", ["--heads", "2,3", "--classes", list.path]).code == 0)
        let classes = try #require(try json("micro")["classes"] as? [[String: Any]])
        #expect(classes.compactMap { $0["name"] as? String } == ["ant", "bee", "cat", "dog", "elk"])
        #expect(classes[0]["synonyms"] as? [String] == ["emmet"])
    }

    @Test func `ImageNet has 1,000 classes in the order of their WordNet ids, with names of their own`() throws {
        let classes = try ClassNames.imageNet.classes(count: 1000)
        let ids = classes.compactMap(\.wordnetId)
        #expect(ids.count == 1000 && ids == ids.sorted() && Set(classes.map(\.name)).count == 1000)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /n[0-9]{8}/) != nil })
        #expect(classes[281].name == "tabby" && classes[281].wordnetId == "n02123045")
        #expect(classes[281].synonyms == ["tabby cat"])
        #expect(classes[999].id == 999 && classes[999].name == "toilet tissue")
    }

    @Test func `a trace that is none is an error, not a crash`() throws {
        #expect(try importMicro("micro").code == 0)
        let weights = models.folder.appending(path: "micro/model.safetensors").path
        let result = try run(
            ["parity", "--model", models.folder.appending(path: "micro").path, "--trace", weights, "--threads", "1"])
        #expect(result.code == 1 && result.error.contains("holds nothing to replay"))
    }
}
