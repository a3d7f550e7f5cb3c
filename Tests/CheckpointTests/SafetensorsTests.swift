import Compute
import Foundation
import Testing

@testable import Checkpoint
@testable import MARModel

@Suite("Safetensors files")
struct SafetensorsTests {
    /// A file of these header bytes and this much data.
    private func open(_ header: String, data: [UInt8] = [], length: UInt64? = nil) throws -> SafetensorsFile {
        let json = Array(header.utf8)
        let prefix = withUnsafeBytes(of: (length ?? UInt64(json.count)).littleEndian) { Array($0) }
        return try open(bytes: prefix + json + data)
    }

    private func open(bytes: [UInt8]) throws -> SafetensorsFile {
        let url = FileManager.default.temporaryDirectory.appending(path: "underpaint-\(UUID()).safetensors")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try SafetensorsFile(path: url.path)
    }

    @Test func `fp32, fp16 and bf16 tensors are read as fp32`() throws {
        let file = try open(
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                + #""b":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]},"#
                + #""c":{"dtype":"F16","shape":[1,1],"data_offsets":[10,12]},"__metadata__":{"k":"v"}}"#,
            data: [0, 0, 128, 63, 0, 0, 0, 192, 0x40, 0x40, 0, 0x3C])
        #expect(try file.floats("a") == [1, -2])
        #expect(try file.floats("b") == [3])
        #expect(try file.floats("c") == [1])
        #expect(try file.shape(of: "c") == [1, 1])
        #expect(file.metadata == ["k": "v"])
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "outside"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}"#, "takes 12 bytes"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "outside"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, "outside"),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "negative"),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,4]}}"#, "more elements"),
        (#"{"a":{"dtype":"F8","shape":[4],"data_offsets":[0,4]}}"#, "F8"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "expected 2"),
    ])
    func `a wrong entry is refused with the tensor's name`(header: String, reason: String) {
        let error = #expect(throws: CheckpointError.self) { try open(header, data: [0, 0, 0, 0]) }
        guard case .malformedTensor(_, let tensor, let found) = error else {
            Issue.record("refused as \(String(describing: error))")
            return
        }
        #expect(tensor == "a" && found.contains(reason))
    }

    @Test func `overlapping tensors, gaps and left-over bytes are refused`() {
        let overlapping =
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}"#
        #expect(throws: CheckpointError.self) { try open(overlapping, data: [0, 0, 0, 0]) }
        let gap = #"{"a":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}"#
        #expect(throws: CheckpointError.self) { try open(gap, data: [0, 0, 0, 0]) }
        let short = #"{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#
        #expect(throws: CheckpointError.self) { try open(short, data: [0, 0, 0, 0]) }
    }

    @Test func `a header that is too long, cut short or not JSON is refused`() {
        #expect(throws: CheckpointError.self) { try open("{}", length: 1 << 40) }
        #expect(throws: CheckpointError.self) { try open("{}", length: .max) }
        #expect(throws: CheckpointError.self) { try open("{}", length: 3) }
        #expect(throws: CheckpointError.self) { try open("[1]") }
        #expect(throws: CheckpointError.self) { try open(bytes: [1, 2, 3]) }
        #expect(throws: CheckpointError.self) { try open(bytes: []) }
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: "/nonexistent/model.safetensors") }
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: "/") }
    }

    /// 2,000 mutations of a small good file: each is read whole or refused, never a crash.
    @Test func `mutated files never crash the reader`() throws {
        let header =
            #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]}}"#
        let json = Array(header.utf8)
        let good =
            withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json + Array(repeating: 7, count: 22)
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var (readable, refused) = (0, 0)
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0...random(3) {
                switch random(4) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1:
                    bytes[min(8 + random(json.count), bytes.count - 1)] =
                        Array("0123456789-{}[],:\"eE.".utf8)[random(21)]
                case 2: bytes.removeLast(random(bytes.count))
                default: bytes.insert(UInt8(random(256)), at: random(bytes.count))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            do {
                let file = try open(bytes: bytes)
                for name in file.tensorNames { _ = try file.floats(name) }
                readable += 1
            } catch is CheckpointError {
                refused += 1
            }
        }
        #expect(readable + refused == 2000 && readable > 0 && refused > 1000)
    }
}
