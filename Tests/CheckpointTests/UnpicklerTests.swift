import Testing

@testable import Checkpoint
@testable import MARModel

@Suite("Pickles")
struct UnpicklerTests {
    private func read(_ bytes: [UInt8]) throws(CheckpointError) -> PickleGraph {
        try Unpickler.read(bytes, file: "test.pth")
    }

    private func root(_ code: String) throws -> PickleValue { try read(Array(code.utf8)).root }

    @Test func `plain values of every form are read`() throws {
        #expect(try root("I42\n.") == .integer(42))
        #expect(try root("L-7L\n.") == .integer(-7))
        #expect(try root("I01\n.") == .bool(true))
        #expect(try root("F2.5\n.") == .float(2.5))
        #expect(try root("Vhello\n.") == .text("hello"))
        #expect(try root("N.") == .none)
        #expect(try read([0x80, 4, 0x8C, 2, 0x68, 0x69, 0x94, 0x2E]).root == .text("hi"))
        #expect(try read([0x4A, 0xFE, 0xFF, 0xFF, 0xFF, 0x2E]).root == .integer(-2))
        #expect(try read([0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0x2E]).root == .float(1.5))
        #expect(try read([0x8A, 0, 0x2E]).root == .integer(0))
        #expect(try read([0x8A, 2, 0, 0x80, 0x2E]).root == .integer(-32768))
        #expect(try read([0x8A, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x2E]).root == .none)
    }

    @Test func `containers keep what was put in, and share through the memo`() throws {
        let graph = try read(Array("}q\u{0}Va\n(I1\nI2\nlsVb\nh\u{0}s.".utf8))
        let entries = try #require(graph.dictionary(graph.root))
        #expect(graph.list(try #require(entries["a"])) == [.integer(1), .integer(2)])
        #expect(entries["b"] == graph.root, "a dictionary that holds itself")
    }

    @Test func `ordered dictionaries take entries and pairs`() throws {
        let graph = try read(Array("ccollections\nOrderedDict\n((lp0\n(Va\nI1\nla(Vb\nI2\ntatR(Vc\nI3\nu.".utf8))
        #expect(graph.dictionary(graph.root) == ["a": .integer(1), "b": .integer(2), "c": .integer(3)])
    }

    @Test(arguments: [
        ("", "ends in the middle"), ("N", "ends in the middle"), (".", "stack is empty"), ("0.", "stack is empty"),
        ("t.", "no mark"), ("(.", "stack is empty"), ("h\u{5}.", "memo entry 5 does not exist"),
        ("p-1\n.", "memo entry"), ("Ix\n.", "is no number"), ("I1\nI2\na.", "holds none"), ("}I2\na.", "no list"),
        ("]I1\nI2\ns.", "no dictionary"), ("}(I1\nu.", "key without a value"), ("cos\n", "line without an end"),
        ("I1\nQ.", "names no storage"), ("Pabc\n.", "0x50"), ("\u{1}.", "0x1"), ("NNb", "ends in the middle"),
        ("X\u{7F}\u{7F}\u{7F}\u{7F}abc.", "are left"),
        ("ctorch._utils\n_rebuild_tensor_v2\n)R.", "no tensor"),
        ("ctorch._utils\n_rebuild_parameter\n)R.", "without a tensor"),
    ])
    func `a damaged or forbidden pickle is refused with the place`(code: String, reason: String) {
        let error = #expect(throws: CheckpointError.self) { try root(code) }
        #expect(String(describing: error).contains(reason), "\(String(describing: error))")
        #expect(String(describing: error).contains("data.pkl, byte "))
    }

    @Test(arguments: [[0x82, 1], [0x83, 1, 0], [0x84, 1, 0, 0, 0], [0x97], [0x98], [0xFF], [0x80, 6]] as [[UInt8]])
    func `extension codes, buffers and later protocols are refused`(code: [UInt8]) {
        #expect(throws: CheckpointError.self) { try read(code + [0x2E]) }
    }

    @Test func `depth and number of values are bounded, not the stack of the reader`() throws {
        // A million lists in each other, and a million marks: refused by count, without recursion.
        #expect(throws: CheckpointError.self) {
            try read([UInt8](repeating: 0x5D, count: 1_000_000) + [UInt8](repeating: 0x61, count: 999_999) + [0x2E])
        }
        #expect(throws: CheckpointError.self) { try read([UInt8](repeating: 0x28, count: 1_000_000) + [0x2E]) }
        #expect(throws: CheckpointError.self) { try read([UInt8](repeating: 0x4E, count: 1_000_000) + [0x2E]) }
        // 400,000 tuples in each other are within the limits, and gone again without a trace.
        let deep = try read([0x29] + [UInt8](repeating: 0x85, count: 400_000) + [0x2E])
        #expect(deep.objects.count == 400_001)
    }

    /// In time that grows with the square of the length, the list would take minutes.
    @Test(.timeLimit(.minutes(1)))
    func `appending one by one does not copy what is there`() throws {
        let pickle: [UInt8] = [0x5D] + (0..<400_000).flatMap { _ in [0x4E, 0x61] as [UInt8] } + [0x2E]
        let graph = try read(pickle)
        #expect(graph.list(graph.root)?.count == 400_000)
    }

    @Test func `a list that is given to many dictionaries is not copied without end`() {
        let error = #expect(throws: CheckpointError.self) {
            try read(
                Array("(".utf8) + (0..<1000).flatMap { _ in Array("(Va\nI1\nt".utf8) }
                    + Array("l".utf8) + [0x85, 0x71, 0] + Array("0ccollections\nOrderedDict\nq\u{1}0".utf8)
                    + (0..<2000).flatMap { _ in Array("h\u{1}h\u{0}R0".utf8) } + [0x2E])
        }
        #expect(String(describing: error).contains("too many entries"))
    }
}
