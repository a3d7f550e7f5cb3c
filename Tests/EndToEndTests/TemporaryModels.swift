import Foundation
import RepositoryFiles

/// A directory of models that are all the test model under other names; gone with the object.
final class TemporaryModels {
    let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-models-\(UUID())")

    init(_ names: [String] = []) throws {
        let tiny = RepositoryFiles.fixtures.appending(path: "tiny")
        let json = try String(contentsOf: tiny.appending(path: "model.json"), encoding: .utf8)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in names {
            let model = folder.appending(path: name)
            try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: model.appending(path: "model.safetensors"),
                withDestinationURL: tiny.appending(path: "model.safetensors"))
            try json.replacingOccurrences(of: #""name": "tiny""#, with: #""name": "\#(name)""#)
                .write(to: model.appending(path: "model.json"), atomically: true, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.path }
}
