import Foundation
import Testing

@testable import Checkpoint

@Suite("Tensors stored in 8 bits")
struct QuantisedTensorTests {
    /// A file with `w` [2, 3] in I8, and whatever else.
    private func open(_ more: [SafetensorsWriter.Tensor] = [], _ values: [Float] = []) throws -> SafetensorsFile {
        try open([.init(name: "w", shape: [2, 3], type: .int8)] + more, [127, -127, 0, 1, 2, 3], values)
    }

    private func open(
        _ tensors: [SafetensorsWriter.Tensor], _ numbers: [Int8], _ values: [Float]
    ) throws -> SafetensorsFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "underpaint-\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try SafetensorsWriter(path: path, tensors: tensors)
        try writer.append(numbers)
        if !values.isEmpty { try writer.append(values) }
        try writer.finish()
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(size == SafetensorsWriter.byteCount(of: tensors))
        return try SafetensorsFile(path: path)
    }

    @Test func `numbers and scales are read as they were written`() throws {
        let file = try open([.init(name: "w.scale", shape: [2], type: .float32)], [0.5, 3])
        #expect(try file.isQuantised("w") && !file.isQuantised("w.scale"))
        let tensor = try file.quantised("w")
        #expect(tensor == QuantisedTensor(numbers: [127, -127, 0, 1, 2, 3], scales: [0.5, 3]))
        #expect(file.fewestBits == 8)
        #expect(throws: CheckpointError.integers(file: file.path, tensor: "w")) { try file.floats("w") }
    }

    private func refusal(_ more: [SafetensorsWriter.Tensor] = [], _ values: [Float] = []) throws -> String {
        let file = try open(more, values)
        let error = #expect(throws: CheckpointError.self) { try file.quantised("w") }
        return String(describing: error).replacing(file.path, with: "FILE")
    }

    @Test func `numbers without scales are refused`() throws {
        #expect(try refusal().contains("FILE: tensor w: holds I8, but the tensor with its scales, w.scale, is missing"))
    }

    @Test func `scales of another number or type are refused`() throws {
        for shape in [[3], [2, 1], [1], []] {
            let values = [Float](repeating: 1, count: shape.reduce(1, *))
            let found = try refusal([.init(name: "w.scale", shape: shape, type: .float32)], values)
            #expect(found.contains("FILE: tensor w.scale has shape \(shape), expected [2]"))
        }
        let half = try refusal([.init(name: "w.scale", shape: [2], type: .bfloat16)], [1, 1])
        #expect(half.contains("FILE: tensor w.scale: holds BF16, expected F32"))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 0, -0.0, -1])
    func `a scale that is not finite and above 0 is refused`(scale: Float) throws {
        let found = try refusal([.init(name: "w.scale", shape: [2], type: .float32)], [1, scale])
        #expect(
            found.contains("FILE: tensor w.scale: the scale of output 1 is \(scale), expected a finite number above 0"))
    }

    @Test func `a number that has no counterpart is refused, and so is one without outputs`() throws {
        let scales = SafetensorsWriter.Tensor(name: "w.scale", shape: [1], type: .float32)
        let file = try open([.init(name: "w", shape: [1, 2], type: .int8), scales], [5, -128], [1])
        let error = #expect(throws: CheckpointError.self) { try file.quantised("w") }
        #expect(String(describing: error).contains("tensor w: element 1 is -128, expected -127...127"))
        let bare = try open([.init(name: "w", shape: [], type: .int8), scales], [5], [1])
        let other = #expect(throws: CheckpointError.self) { try bare.quantised("w") }
        #expect(String(describing: other).contains("tensor w: holds I8 of shape [], expected I8 with a scale for each"))
    }
}
