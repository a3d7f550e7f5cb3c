import Testing

@testable import Checkpoint
@testable import MARModel

@Suite("PyTorch checkpoints")
struct TorchCheckpointTests {
    private func open(_ zip: ZipBuilder) throws(CheckpointError) -> WeightFile {
        try WeightFile(torch: MemorySource(zip.bytes))
    }

    /// Elements of the tensor `x` of the group `model_ema`.
    private func elements(of file: WeightFile) throws -> [Float] {
        var elements: [Float] = []
        try TensorReader(source: file.source).forEachPiece(of: try file.tensor("x", of: "model_ema"), name: "x") {
            (piece) throws(CheckpointError) in elements += piece
        }
        return elements
    }

    private func bytes(_ values: [Float]) -> [UInt8] {
        values.flatMap { ZipBuilder.number(UInt64($0.bitPattern), 4) }
    }

    private func refusal(_ zip: ZipBuilder) -> String {
        let error = #expect(throws: CheckpointError.self) { try elements(of: try open(zip)) }
        return String(describing: error)
    }

    @Test func `views with strides and offsets are read in row-major order`() throws {
        let storage = bytes((0..<8).map(Float.init))
        let whole = PickleBuilder.checkpoint { $0.tensor(elements: 8, shape: [2, 4], strides: [4, 1]) }
        #expect(
            try elements(of: open(.checkpoint(pickle: whole, storages: ["0": storage]))) == [0, 1, 2, 3, 4, 5, 6, 7])
        let transposed = PickleBuilder.checkpoint { $0.tensor(elements: 8, shape: [4, 2], strides: [1, 4]) }
        #expect(
            try elements(of: open(.checkpoint(pickle: transposed, storages: ["0": storage])))
                == [0, 4, 1, 5, 2, 6, 3, 7])
        let part = PickleBuilder.checkpoint {
            $0.tensor(elements: 8, offset: 3, shape: [2, 1, 2], strides: [3, 9, 1])
        }
        #expect(try elements(of: open(.checkpoint(pickle: part, storages: ["0": storage]))) == [3, 4, 6, 7])
        let scalar = PickleBuilder.checkpoint { $0.tensor(elements: 8, offset: 7, shape: [], strides: []) }
        #expect(try elements(of: open(.checkpoint(pickle: scalar, storages: ["0": storage]))) == [7])
    }

    @Test func `float16 and bfloat16 become fp32`() throws {
        let half = PickleBuilder.checkpoint {
            $0.tensor(type: "HalfStorage", elements: 2, shape: [2], strides: [1])
        }
        #expect(try elements(of: open(.checkpoint(pickle: half, storages: ["0": [0, 0x3C, 0, 0xC0]]))) == [1, -2])
        let brain = PickleBuilder.checkpoint {
            $0.tensor(type: "BFloat16Storage", elements: 2, shape: [2], strides: [1])
        }
        #expect(try elements(of: open(.checkpoint(pickle: brain, storages: ["0": [0x80, 0x3F, 0, 0xC0]]))) == [1, -2])
    }

    @Test func `zip64 fields are understood`() throws {
        let pickle = PickleBuilder.checkpoint { $0.tensor(elements: 1, shape: [1], strides: [1]) }
        var zip = ZipBuilder.checkpoint(pickle: pickle, storages: ["0": bytes([5])])
        for index in zip.entries.indices { zip.entries[index].isLarge = true }
        #expect(try elements(of: open(zip)) == [5])
        zip.isLarge = true
        #expect(try elements(of: open(zip)) == [5])
        zip.claimedEntryCount = 1 << 40
        #expect(refusal(zip).contains("over the limit"))
    }

    @Test func `unknown globals become inert, whatever is done with them`() throws {
        let pickle = PickleBuilder.checkpoint { pickle in
            pickle.tensor(elements: 1, shape: [1], strides: [1])
            // Called, given a state, items and entries, instantiated, by name from the stack: all of it does nothing.
            for module in ["os", "builtins", "posix", "subprocess", "argparse"] {
                pickle.global(module, "system")
                pickle.text("touch /tmp/underpaint-was-here")
                pickle.raw([0x85])  // tuple of one
                pickle.raw("R}b(")
                pickle.text("a")
                pickle.integer(1)
                pickle.raw("u0")  // entries, then away with it
            }
            pickle.text("os")
            pickle.text("system")
            pickle.raw([0x93])
            pickle.raw(")")
            pickle.raw([0x81])
            pickle.raw("0(ios\nsystem\n0")
        }
        #expect(try elements(of: open(.checkpoint(pickle: pickle, storages: ["0": bytes([2])]))) == [2])
    }

    @Test(arguments: [
        (elements: 4, offset: 0, shape: [5], strides: [1], "leaves a storage of 4"),
        (4, 1, [4], [1], "leaves a storage"),
        (4, -1, [1], [1], "negative"),
        (4, 0, [-1], [1], "negative"),
        (4, 0, [2], [-1], "negative"),
        (4, 0, [2, 2], [1], "2 dimensions and 1 strides"),
        (4, 0, [1 << 62, 8], [0, 0], "more elements than can be counted"),
        (4, 0, [2, .max], [1, .max], "more elements than can be counted"),
        (4, 0, [1_000_000, 4], [0, 1], "repeats elements"),
        (1 << 40, 0, [1], [1], "too few for 1099511627776 elements"),
        (.max, 0, [1], [1], "too few"),
    ])
    func `a tensor that is not inside its storage is refused`(
        elements: Int, offset: Int, shape: [Int], strides: [Int], reason: String
    ) {
        let pickle = PickleBuilder.checkpoint {
            $0.tensor(elements: elements, offset: offset, shape: shape, strides: strides)
        }
        let refusal = refusal(.checkpoint(pickle: pickle, storages: ["0": bytes([1, 2, 3, 4])]))
        #expect(refusal.contains("tensor x") && refusal.contains(reason), "\(refusal)")
    }

    @Test func `a wrong type, a missing storage and weights that are no numbers are named`() {
        let doubles = PickleBuilder.checkpoint {
            $0.tensor(type: "DoubleStorage", elements: 1, shape: [1], strides: [1])
        }
        #expect(refusal(.checkpoint(pickle: doubles, storages: ["0": bytes([1, 2])])).contains("DoubleStorage"))
        let one = PickleBuilder.checkpoint { $0.tensor(elements: 2, shape: [2], strides: [1]) }
        #expect(refusal(.checkpoint(pickle: one)).contains("data/0 is not in the archive"))
        #expect(
            refusal(.checkpoint(pickle: one, storages: ["0": bytes([1, .nan])])).contains("tensor x: element 1 is nan"))
        #expect(
            refusal(.checkpoint(pickle: one, storages: ["0": bytes([-.infinity, 1])])).contains("element 0 is -inf"))
    }

    @Test func `archives that are no checkpoint are refused`() {
        let pickle = PickleBuilder.checkpoint { $0.tensor(elements: 1, shape: [1], strides: [1]) }
        let good = ZipBuilder.checkpoint(pickle: pickle, storages: ["0": bytes([1])])
        func refused(_ change: (inout ZipBuilder) -> Void) -> String {
            var zip = good
            change(&zip)
            return refusal(zip)
        }
        #expect(refused { $0.entries[1].method = 8 }.contains("compressed (method 8)"))
        #expect(refused { $0.entries[0].method = 8 }.contains("compressed (method 8)"))
        #expect(refused { $0.entries[0].flags = 1 }.contains("encrypted"))
        #expect(refused { $0.entries[1].claimedByteCount = 1 << 31 }.contains("cut short"))
        #expect(refused { $0.entries[0].claimedByteCount = 1 << 30 }.contains("over the limit"))
        #expect(refused { $0.entries[0].name = "archive/code.py" }.contains("without data.pkl"))
        #expect(refused { $0.entries.append($0.entries[1]) }.contains("two entries are called"))
        #expect(refused { $0.claimedEntryCount = 9 }.contains("entry 2 of the zip directory"))
        #expect(
            refused { $0.entries.append(.init(name: "archive/byteorder", content: Array("big".utf8))) }.contains("big"))
        for count in [0, 1, 21, 22, 100, good.bytes.count - 1] {
            #expect(throws: CheckpointError.self) {
                try WeightFile(torch: MemorySource(Array(good.bytes.prefix(count))))
            }
        }
    }
}
