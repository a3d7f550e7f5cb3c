/// A value of a pickle. What has parts is an object of the graph, named by its index: values stay small, graphs may have
/// cycles, and nothing ever walks or frees them recursively, however deep they are.
enum PickleValue: Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case text(String)
    case object(Int)
}

/// What a `PickleValue.object` stands for.
enum PickleObject {
    case tuple([PickleValue])
    /// Index of its items in `PickleContainers.lists`.
    case list(Int)
    /// Index of its entries in `PickleContainers.dictionaries`. Ordered dictionaries are dictionaries too.
    case dictionary(Int)
    /// The name of a class or function. It is never looked up.
    case global(PickleGlobal)
    case storage(TorchStorage)
    case tensor(TorchTensor)
    /// Whatever a global other than those of `PickleGlobal.Known` would have made: nothing.
    case inert
}

/// What is in the containers that grow. Apart from the objects, so that each grows in place: an item that is taken out of an
/// enum's payload and put back costs a copy of all the others.
struct PickleContainers {
    typealias Entry = (key: PickleValue, value: PickleValue)

    var lists: [[PickleValue]] = []
    /// In order of insertion; of equal keys the last one counts.
    var dictionaries: [[Entry]] = []

    mutating func addList(_ items: [PickleValue]) -> PickleObject {
        lists.append(items)
        return .list(lists.count - 1)
    }

    mutating func addDictionary(_ entries: [Entry]) -> PickleObject {
        dictionaries.append(entries)
        return .dictionary(dictionaries.count - 1)
    }
}

/// `module.name`, as a pickle refers to a class or function.
struct PickleGlobal: Equatable {
    let module: String
    let name: String

    /// The only ones that mean something here.
    enum Known: String {
        case rebuildTensor = "torch._utils._rebuild_tensor"
        case rebuildTensor2 = "torch._utils._rebuild_tensor_v2"
        case rebuildParameter = "torch._utils._rebuild_parameter"
        case rebuildParameterWithState = "torch._utils._rebuild_parameter_with_state"
        case orderedDictionary = "collections.OrderedDict"
    }

    var known: Known? { Known(rawValue: "\(module).\(name)") }
}

/// A storage: a run of elements in the archive's entry `data/<key>`.
struct TorchStorage: Equatable {
    /// `FloatStorage`, for example.
    let typeName: String
    let key: String
    let elementCount: Int

    var elementType: ElementType? {
        switch typeName {
        case "FloatStorage": .float32
        case "HalfStorage": .float16
        case "BFloat16Storage": .bfloat16
        case "LongStorage": .int64
        default: nil
        }
    }
}

/// A view of a storage, as the pickle claims it: not checked yet.
struct TorchTensor: Equatable {
    let storage: TorchStorage
    /// Of the first element.
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}

/// What a pickle described: its objects and the value it ends with.
struct PickleGraph {
    let objects: [PickleObject]
    let containers: PickleContainers
    let root: PickleValue

    func object(_ value: PickleValue) -> PickleObject? {
        guard case .object(let index) = value else { return nil }
        return objects[index]
    }

    /// The entries with text keys of a dictionary; nil if the value is none.
    func dictionary(_ value: PickleValue) -> [String: PickleValue]? {
        guard case .dictionary(let index) = object(value) else { return nil }
        return containers.dictionaries[index].reduce(into: [:]) { result, entry in
            if case .text(let key) = entry.key { result[key] = entry.value }
        }
    }

    func list(_ value: PickleValue) -> [PickleValue]? {
        guard case .list(let index) = object(value) else { return nil }
        return containers.lists[index]
    }

    func tensor(_ value: PickleValue) -> TorchTensor? {
        guard case .tensor(let tensor) = object(value) else { return nil }
        return tensor
    }
}
