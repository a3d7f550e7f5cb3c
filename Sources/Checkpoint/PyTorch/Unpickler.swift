/// Reads a pickle without executing anything.
///
/// A pickle is a program for a stack machine whose `REDUCE` calls any function of Python. Here it only describes data:
/// tensors and ordered dictionaries are understood (`PickleGlobal.Known`), every other global becomes an inert object,
/// whatever is done with it. Official MAR checkpoints carry an `argparse.Namespace` that ends that way.
struct Unpickler {
    /// The pickle of MAR-H with its optimizer has about 0.3 MB.
    static let maximumByteCount = 32 << 20
    /// Objects, stack places and memo entries: each at most this many. With the text of the pickle itself that bounds
    /// the memory, to about 200 MB.
    static let maximumObjectCount = 500_000

    private var cursor: PickleCursor
    private var objects: [PickleObject] = []
    private var containers = PickleContainers()
    private var stack: [PickleValue] = []
    /// Heights of the stack at the open marks.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    /// Entries that ordered dictionaries were made with; a list in the memo may be given to any number of them.
    private var copiedEntryCount = 0

    /// - Parameter file: its name, for errors.
    /// - Throws: `CheckpointError.malformedPickle`.
    static func read(_ bytes: [UInt8], file: String) throws(CheckpointError) -> PickleGraph {
        var unpickler = Unpickler(cursor: PickleCursor(bytes, file: file))
        let root = try unpickler.run()
        return PickleGraph(objects: unpickler.objects, containers: unpickler.containers, root: root)
    }

    private init(cursor: PickleCursor) { self.cursor = cursor }

    private mutating func run() throws(CheckpointError) -> PickleValue {
        while true {
            let code = try cursor.byte()
            guard let opcode = PickleOpcode(rawValue: code) else {
                throw cursor.fault("instruction 0x\(String(code, radix: 16)) is not known or not allowed")
            }
            if opcode == .stop { return try pop() }
            try execute(opcode)
        }
    }

    private mutating func execute(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .stop: break
        case .protocolVersion:
            let version = try cursor.byte()
            guard version <= 5 else { throw cursor.fault("protocol \(version), known are 0 to 5") }
        case .frame: _ = try cursor.unsigned(8)
        case .none: try push(.none)
        case .newTrue: try push(.bool(true))
        case .newFalse: try push(.bool(false))
        case .integer, .long, .binaryInteger, .binaryInteger1, .binaryInteger2, .long1, .long4, .float, .binaryFloat:
            try push(try cursor.number(opcode))
        case .string, .unicode, .binaryString, .shortBinaryString, .binaryUnicode, .shortBinaryUnicode, .binaryUnicode8,
            .binaryBytes, .shortBinaryBytes, .binaryBytes8, .byteArray8:
            try push(try cursor.text(opcode))
        case .mark:
            guard marks.count < Self.maximumObjectCount else { throw cursor.fault("too many open marks") }
            marks.append(stack.count)
        case .pop:
            if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .duplicate: try push(try top())
        case .emptyTuple: try make(.tuple([]))
        case .tuple1: try makeTuple(1)
        case .tuple2: try makeTuple(2)
        case .tuple3: try makeTuple(3)
        case .tuple: try make(.tuple(try popToMark()))
        case .emptyList: try make(containers.addList([]))
        case .list: try make(containers.addList(try popToMark()))
        case .append: try extend([try pop()])
        case .appends: try extend(try popToMark())
        case .emptyDictionary: try make(containers.addDictionary([]))
        case .dictionary: try make(containers.addDictionary(try pairs(try popToMark())))
        case .setItem:
            let value = try pop()
            try insert([(key: try pop(), value: value)])
        case .setItems: try insert(try pairs(try popToMark()))
        case .emptySet: try make(.inert)
        case .addItems: _ = try popToMark()
        case .frozenSet:
            _ = try popToMark()
            try make(.inert)
        case .get: try push(try recall(try memoIndex()))
        case .binaryGet: try push(try recall(try cursor.unsigned(1)))
        case .longBinaryGet: try push(try recall(try cursor.unsigned(4)))
        case .put: try remember(at: try memoIndex())
        case .binaryPut: try remember(at: try cursor.unsigned(1))
        case .longBinaryPut: try remember(at: try cursor.unsigned(4))
        case .memoize: try remember(at: memo.count)
        case .global:
            let module = try cursor.line()
            try make(.global(PickleGlobal(module: module, name: try cursor.line())))
        case .stackGlobal:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw cursor.fault("a global whose name is no text")
            }
            try make(.global(PickleGlobal(module: module, name: name)))
        case .binaryPersistentID:
            guard let storage = storage(try pop()) else { throw cursor.fault("a persistent id that names no storage") }
            try make(.storage(storage))
        case .reduce, .newObject:
            let arguments = try pop()
            try construct(try pop(), arguments)
        case .newObjectWithKeywords:
            _ = try pop()
            let arguments = try pop()
            try construct(try pop(), arguments)
        case .build:
            // The state of an object: nothing that we keep has one.
            _ = try pop()
            _ = try top()
        case .instance:
            _ = (try cursor.line(), try cursor.line())
            _ = try popToMark()
            try make(.inert)
        case .object:
            _ = try popToMark()
            try make(.inert)
        }
    }

    // MARK: Stack and memo

    private mutating func push(_ value: PickleValue) throws(CheckpointError) {
        guard stack.count < Self.maximumObjectCount else {
            throw cursor.fault("more than \(Self.maximumObjectCount) values on the stack")
        }
        stack.append(value)
    }

    private func top() throws(CheckpointError) -> PickleValue {
        guard let value = stack.last, stack.count > marks.last ?? 0 else { throw cursor.fault("the stack is empty") }
        return value
    }

    private mutating func pop() throws(CheckpointError) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw cursor.fault("no mark on the stack") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private mutating func make(_ object: PickleObject) throws(CheckpointError) {
        guard objects.count < Self.maximumObjectCount else {
            throw cursor.fault("more than \(Self.maximumObjectCount) objects")
        }
        objects.append(object)
        try push(.object(objects.count - 1))
    }

    private mutating func makeTuple(_ count: Int) throws(CheckpointError) {
        var values: [PickleValue] = []
        for _ in 0..<count { values.insert(try pop(), at: 0) }
        try make(.tuple(values))
    }

    private mutating func memoIndex() throws(CheckpointError) -> Int {
        let line = try cursor.line()
        guard let index = Int(line), index >= 0 else { throw cursor.fault("memo entry \"\(line.prefix(40))\"") }
        return index
    }

    private mutating func remember(at index: Int) throws(CheckpointError) {
        guard memo.count < Self.maximumObjectCount else { throw cursor.fault("too many memo entries") }
        memo[index] = try top()
    }

    private func recall(_ index: Int) throws(CheckpointError) -> PickleValue {
        guard let value = memo[index] else { throw cursor.fault("memo entry \(index) does not exist") }
        return value
    }

    // MARK: Containers

    private func pairs(
        _ values: [PickleValue]
    ) throws(CheckpointError) -> [PickleContainers.Entry] {
        guard values.count.isMultiple(of: 2) else { throw cursor.fault("a key without a value") }
        return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
    }

    private func target() throws(CheckpointError) -> PickleObject {
        guard let object = object(try top()) else { throw cursor.fault("items for a value that holds none") }
        return object
    }

    private mutating func extend(_ values: [PickleValue]) throws(CheckpointError) {
        switch try target() {
        case .list(let index): containers.lists[index] += values
        case .inert: break
        default: throw cursor.fault("items for an object that is no list")
        }
    }

    private mutating func insert(_ entries: [PickleContainers.Entry]) throws(CheckpointError) {
        switch try target() {
        case .dictionary(let index): containers.dictionaries[index] += entries
        case .inert: break
        default: throw cursor.fault("entries for an object that is no dictionary")
        }
    }

    // MARK: Objects

    private func object(_ value: PickleValue) -> PickleObject? {
        guard case .object(let index) = value else { return nil }
        return objects[index]
    }

    private func items(_ value: PickleValue) -> [PickleValue]? {
        switch object(value) {
        case .tuple(let items): items
        case .list(let index): containers.lists[index]
        default: nil
        }
    }

    private func integers(_ value: PickleValue) -> [Int]? {
        guard let items = items(value) else { return nil }
        // No tensor has more dimensions, and what is shared through the memo must not be copied for each.
        guard items.count <= StoredTensor.maximumDimensionCount else { return nil }
        let integers = items.compactMap { if case .integer(let number) = $0 { number } else { nil } }
        return integers.count == items.count ? integers : nil
    }

    /// `("storage", type, key, location, element count)`.
    private func storage(_ value: PickleValue) -> TorchStorage? {
        guard let items = items(value), items.count >= 5, items[0] == .text("storage"), case .text(let key) = items[2],
            case .integer(let count) = items[4], count >= 0
        else { return nil }
        switch (object(items[1]), items[1]) {
        case (.global(let type), _): return TorchStorage(typeName: type.name, key: key, elementCount: count)
        case (_, .text(let name)): return TorchStorage(typeName: name, key: key, elementCount: count)
        default: return nil
        }
    }

    /// What `callable(*arguments)` is: understood if the callable is known, inert if not.
    private mutating func construct(_ callable: PickleValue, _ arguments: PickleValue) throws(CheckpointError) {
        guard case .global(let global) = object(callable), let known = global.known else {
            return try make(.inert)
        }
        let arguments = items(arguments) ?? []
        switch known {
        case .orderedDictionary:
            let entries = arguments.first.flatMap(items) ?? []
            copiedEntryCount += entries.count
            guard copiedEntryCount <= Self.maximumObjectCount else { throw cursor.fault("too many entries") }
            let pairs = entries.compactMap(items).filter { $0.count == 2 }.map { (key: $0[0], value: $0[1]) }
            try make(containers.addDictionary(pairs))
        case .rebuildTensor, .rebuildTensor2:
            guard arguments.count >= 4, case .storage(let storage) = object(arguments[0]),
                case .integer(let offset) = arguments[1], let shape = integers(arguments[2]),
                let strides = integers(arguments[3])
            else { throw cursor.fault("\(global.name) with arguments that describe no tensor") }
            try make(.tensor(TorchTensor(storage: storage, offset: offset, shape: shape, strides: strides)))
        case .rebuildParameter, .rebuildParameterWithState:
            guard let data = arguments.first, case .tensor = object(data) else {
                throw cursor.fault("\(global.name) without a tensor")
            }
            try push(data)
        }
    }
}
