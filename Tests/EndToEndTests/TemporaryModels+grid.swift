import Foundation
import RepositoryFiles
import Testing

extension TemporaryModels {
    /// Adds the test model on a square grid of another size: its tables of positions are repeated.
    func add(_ name: String, side: Int) throws {
        let (tiny, model) = (RepositoryFiles.fixtures.appending(path: "tiny"), folder.appending(path: name))
        try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
        var description = try object(try Data(contentsOf: tiny.appending(path: "model.json")))
        description["name"] = name
        description["grid"] = ["height": side, "width": side]
        try JSONSerialization.data(withJSONObject: description).write(to: model.appending(path: "model.json"))

        // Safetensors: the length of the header in 8 bytes, the header, and the tensors one after the other.
        let file = try Data(contentsOf: tiny.appending(path: "model.safetensors"))
        let start = 8 + file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var (header, body): ([String: Any], Data) = ([:], Data())
        for (tensor, value) in try object(file[8..<start]) where tensor != "__metadata__" {
            var entry = try #require(value as? [String: Any])
            var shape = try #require(entry["shape"] as? [Int])
            let offsets = try #require(entry["data_offsets"] as? [Int])
            var values = Data(file[(start + offsets[0])..<(start + offsets[1])])
            if tensor.hasSuffix("pos_embed_learned") {
                // [1, P + L, D] with the 8 x 8 positions last; the diffusion head has no buffer tokens.
                let count = 8 * 8
                let (row, kept) = (values.count / shape[1], shape[1] - count)
                let positions = values.suffix(count * row)
                values = values.prefix(kept * row)
                for position in 0..<side * side {
                    values += positions.dropFirst(position % count * row).prefix(row)
                }
                shape[1] = kept + side * side
            }
            entry["shape"] = shape
            entry["data_offsets"] = [body.count, body.count + values.count]
            header[tensor] = entry
            body += values
        }
        let text = try JSONSerialization.data(withJSONObject: header)
        let length = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
        try (length + text + body).write(to: model.appending(path: "model.safetensors"))
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
