/// Writes pickles, instruction by instruction (protocol 2, as PyTorch does).
struct PickleBuilder {
    private(set) var bytes: [UInt8] = [0x80, 2]

    /// The pickle with its end.
    var finished: [UInt8] { bytes + [0x2E] }

    mutating func raw(_ code: [UInt8]) { bytes += code }
    mutating func raw(_ code: String) { bytes += Array(code.utf8) }

    mutating func text(_ text: String) {
        bytes += [0x58] + ZipBuilder.number(UInt64(text.utf8.count), 4) + Array(text.utf8)
    }

    mutating func integer(_ value: Int) {
        bytes += [0x8A, 8] + ZipBuilder.number(UInt64(bitPattern: Int64(value)), 8)
    }

    mutating func tuple(_ values: [Int]) {
        raw("(")
        values.forEach { integer($0) }
        raw("t")
    }

    mutating func global(_ module: String, _ name: String) { raw("c\(module)\n\(name)\n") }

    /// A tensor of a storage.
    mutating func tensor(
        storage: String = "0", type: String = "FloatStorage", elements: Int, offset: Int = 0, shape: [Int],
        strides: [Int]
    ) {
        global("torch._utils", "_rebuild_tensor_v2")
        raw("((")
        text("storage")
        global("torch", type)
        text(storage)
        text("cpu")
        integer(elements)
        raw("tQ")
        integer(offset)
        tuple(shape)
        tuple(strides)
        raw([0x89])
        global("collections", "OrderedDict")
        raw(")RtR")
    }

    /// `{"model_ema": {"x": ...}}` with a tensor that the closure writes.
    static func checkpoint(_ tensor: (inout PickleBuilder) -> Void) -> [UInt8] {
        var pickle = PickleBuilder()
        pickle.raw("}")
        pickle.text("model_ema")
        pickle.raw("}")
        pickle.text("x")
        tensor(&pickle)
        pickle.raw("ss")
        return pickle.finished
    }
}
