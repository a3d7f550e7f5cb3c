import Checkpoint
import Compute
import Foundation
import MARModel
import Testing

@Suite("Loading a model")
struct ModelLoadingTests {
    private func copyOfTiny(_ change: (inout String) -> Void) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-model-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/model.safetensors", withDestinationPath: Tiny.directory + "/model.safetensors")
        var json = try String(contentsOfFile: Tiny.directory + "/model.json", encoding: .utf8)
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
    ])
    func `a configuration out of range is refused with the key`(old: String, new: String, reason: String) throws {
        let error = #expect(throws: CheckpointError.self) { try load { $0.replace(old, with: new) } }
        #expect(String(describing: error).contains(reason))
    }
}
