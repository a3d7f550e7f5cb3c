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
    case list([PickleValue])
    /// In order of insertion; of equal keys the last one counts. Ordered dictionaries are dictionaries too.
    case dictionary([(key: PickleValue, value: PickleValue)])
    /// The name of a class or function. It is never looked up.
    case global(PickleGlobal)
    case storage(TorchStorage)
    case tensor(TorchTensor)
    /// Whatever a global other than those of `PickleGlobal.Known` would have made: nothing.
    case inert
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

    var elementType: StoredTensor.ElementType? {
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
    let root: PickleValue

    func object(_ value: PickleValue) -> PickleObject? {
        guard case .object(let index) = value else { return nil }
        return objects[index]
    }

    /// The entries with text keys of a dictionary; nil if the value is none.
    func dictionary(_ value: PickleValue) -> [String: PickleValue]? {
        guard case .dictionary(let entries) = object(value) else { return nil }
        return entries.reduce(into: [:]) { result, entry in
            if case .text(let key) = entry.key { result[key] = entry.value }
        }
    }

    func tensor(_ value: PickleValue) -> TorchTensor? {
        guard case .tensor(let tensor) = object(value) else { return nil }
        return tensor
    }
}
