import Foundation
import RepositoryFiles
import Testing

/// The models that ship in the repository.
@Suite("Embedded models")
struct EmbeddedModelTests {
    private static let models = RepositoryFiles.root.appending(path: "models")
    private static let names = ["fashion", "fruits"]

    private func object(_ name: String, _ file: String) throws -> [String: Any] {
        let data = try Data(contentsOf: Self.models.appending(path: "\(name)/\(file)"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: names)
    func `model.json and evaluation.json are those of the weights`(name: String) throws {
        let weights = Self.models.appending(path: "\(name)/model.safetensors")
        let digest = try ServedProcess.run(URL(filePath: "/usr/bin/env"), ["sha256sum", weights.path]).output.prefix(64)
        #expect(try object(name, "model.json")["weights_sha256"] as? String == String(digest))
        #expect(try object(name, "evaluation.json")["weights_sha256"] as? String == String(digest))
    }

    @Test(arguments: [
        ("fashion", ["mar-64", "gtr-32", "gtr-16", "disa-64", "halton-16"], 2000),
        ("fruits", ["mar-64", "gtr-32", "gtr-16"], 1000),
    ])
    func `presets have been evaluated`(name: String, presets: [String], leastImages: Int) throws {
        let samplers = try #require(try object(name, "evaluation.json")["samplers"] as? [String: [String: Any]])
        for preset in presets {
            let entry = try #require(samplers[preset], "\(preset)")
            let interval = try #require(entry["frechet_interval"] as? [Double])
            let frechet = try #require(entry["frechet"] as? Double)
            #expect(interval[0] < frechet && frechet < interval[1])
            #expect(try #require(entry["images"] as? Int) >= leastImages)
            #expect(try #require(entry["ms_per_image"] as? Double) > 0)
        }
    }

    @Test(arguments: names)
    func `the card and the evaluation say of each preset what was measured`(name: String) throws {
        let samplers = try #require(try object(name, "evaluation.json")["samplers"] as? [String: [String: Any]])
        for document in ["models/\(name)/README.md", "docs/evaluation.md"] {
            let text = try String(contentsOf: RepositoryFiles.root.appending(path: document), encoding: .utf8)
            for preset in ["mar-64", "gtr-32", "gtr-16"] {
                let frechet = try #require(samplers[preset]?["frechet"] as? Double)
                let accuracy = try #require(samplers[preset]?["accuracy"] as? Double)
                let numbers = (String(format: "%.2f", frechet), String(format: "%.1f", 100 * accuracy))
                let row = try Regex("\\| `\(preset)` \\| \(numbers.0) \\([^|]*\\) \\| \(numbers.1) ")
                #expect(text.contains(row), "\(document): \(preset)")
            }
        }
    }

    @Test(arguments: names)
    func `the command line makes an image of every class`(name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-embedded-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try ServedProcess.run(
            ServedProcess.binary,
            ["generate", "--models", Self.models.path, "--model", name, "--class", "all", "-o", folder.path])
        #expect(result.code == 0, "\(result.error)")
        let images = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.appending(path: "images.json")))
        let classes = try #require(try object(name, "model.json")["classes"] as? [Any])
        #expect((images as? [[String: Any]])?.count == classes.count)
    }
}
