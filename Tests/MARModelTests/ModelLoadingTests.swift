import Checkpoint
import Compute
import Foundation
import RepositoryFiles
import Testing

@testable import MARModel

@Suite("Loading a model")
struct ModelLoadingTests {
    private func copyOfTiny(_ change: (inout String) -> Void) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-model-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/model.safetensors", withDestinationPath: RepositoryFiles.tiny + "/model.safetensors"
        )
        var json = try String(contentsOfFile: RepositoryFiles.tiny + "/model.json", encoding: .utf8)
        change(&json)
        try json.write(toFile: folder.path + "/model.json", atomically: true, encoding: .utf8)
        return folder
    }

    private func load(_ change: (inout String) -> Void) throws {
        let folder = try copyOfTiny(change)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try MARModel(directory: folder.path, backend: ReferenceBackend())
    }

    @Test func `a model whose file does not fit its configuration is refused, naming the tensor`() throws {
        try load { _ in }
        let deeper = #expect(throws: CheckpointError.self) {
            try load { $0.replace("\"depth\": 3", with: "\"depth\": 4") }
        }
        #expect(String(describing: deeper).contains("mar.decoder_blocks.3.norm1.weight"))
        let shallower = #expect(throws: CheckpointError.self) {
            try load { $0.replace("\"depth\": 3", with: "\"depth\": 2") }
        }
        #expect(String(describing: shallower).contains("mar.decoder_blocks.2"))
        let buffer = #expect(throws: CheckpointError.self) {
            try load { $0.replace("\"buffer_tokens\": 8", with: "\"buffer_tokens\": 9") }
        }
        #expect(String(describing: buffer).contains("expected [1, 73, 64]"))
    }

    @Test(arguments: [
        ("\"buffer_tokens\": 8", "\"buffer_tokens\": 0", "buffer_tokens is 0"),
        ("\"latent_channels\": 16", "\"latent_channels\": 100000", "latent_channels is 100000"),
        ("\"mlp_ratio\": 4", "\"mlp_ratio\": \"four\"", "mlpRatio"),
        ("\"format\": 1", "\"format\": 2", "format is 2"),
        ("\"name\": \"tiny\"", "\"name\": \"../tiny\"", "name is"),
        ("\"vae\": {", "\"vae\": { \"norm_groups\": 0,", "vae.norm_groups is 0"),
        ("\"vae\": {", "\"vae\": { \"norm_groups\": 24,", "expected a multiple of vae.norm_groups 24"),
    ])
    func `a configuration out of range is refused with the key`(old: String, new: String, reason: String) throws {
        let error = #expect(throws: CheckpointError.self) { try load { $0.replace(old, with: new) } }
        #expect(String(describing: error).contains(reason))
    }

    @Test func `the autoencoder has 32 groups in its norms unless its model says otherwise`() throws {
        func pixels(_ groups: Int?) throws -> [Float] {
            let folder = try copyOfTiny { json in
                if let groups { json.replace("\"vae\": {", with: "\"vae\": { \"norm_groups\": \(groups),") }
            }
            defer { try? FileManager.default.removeItem(at: folder) }
            let backend = Engine.openblas.makeBackend(threads: 1)
            let model = try MARModel(directory: folder.path, backend: backend)
            return model.vae.decode((0..<64 * 16).map { sin(Float($0)) }, on: backend)
        }
        let published = try pixels(nil)
        #expect(try pixels(32) == published)
        let wider = try pixels(8)
        #expect(wider.count == published.count && wider != published && wider.allSatisfy(\.isFinite))
    }

    @Test func `narrower channels need fewer groups, and the file says nothing of the usual number`() throws {
        var configuration = ModelShape.tiny.configuration
        #expect(try !configuration.json().contains("norm_groups"))
        configuration.vae.channels = 16
        #expect(throws: CheckpointError.self) { try configuration.check(file: "model.json") }
        configuration.vae.normGroups = 8
        try configuration.check(file: "model.json")
        #expect(try configuration.json().contains("\"norm_groups\" : 8"))
    }
}
