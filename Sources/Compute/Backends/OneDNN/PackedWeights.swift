#if arch(x86_64)
internal import COneDNN
internal import Synchronization

/// Weights and bias of a layer, or of a share of its columns, as the library's primitives read them.
final class PackedWeights: Sendable {
    let bias: OneDNNMemory
    /// The layout that most primitives ask for first; another is made when a primitive asks for it. One is the rule:
    /// products of up to 64 rows agree on it, and a convolution meets images of one width.
    private let copies: Mutex<[OneDNNMemory]>

    /// - Parameters:
    ///   - weights: in the layout that the layer's usual primitive asks for.
    ///   - bias: one value per output, in a layout of fp32.
    init(_ weights: OneDNNMemory, bias: ArraySlice<Float>, _ biasLayout: OneDNNLayout) {
        self.bias = OneDNNMemory(biasLayout, in: HostBlock(Array(bias)))
        copies = Mutex([weights])
    }

    func packed(as layout: OneDNNLayout) -> OneDNNMemory {
        copies.withLock { copies in
            if let found = copies.first(where: { $0.layout == layout }) { return found }
            let copy = copies[0].reordered(as: layout)
            copies.append(copy)
            return copy
        }
    }
}

/// Weights of a layer: shares of its columns, from left to right.
final class PackedLayer: ParameterStorage {
    let shares: [PackedWeights]

    init(_ shares: [PackedWeights]) {
        self.shares = shares
    }
}

extension OneDNNMemory {
    /// The same numbers in another layout, and rounded to its precision.
    func reordered(as layout: OneDNNLayout) -> OneDNNMemory {
        let copy = OneDNNMemory(layout)
        let description = unsafe OneDNNEngine.shared.makeReorderDescriptor(from: self.layout, to: layout)
        let primitive = unsafe made { unsafe dnnl_primitive_create(&$0, description) }
        let stream = unsafe OneDNNEngine.shared.makeStream()
        defer {
            unsafe dnnl_stream_destroy(stream)
            unsafe dnnl_primitive_destroy(primitive)
            unsafe dnnl_primitive_desc_destroy(description)
        }
        let arguments = unsafe [argument(DNNL_ARG_FROM), copy.argument(DNNL_ARG_TO)]
        require(unsafe dnnl_primitive_execute(primitive, stream, Int32(arguments.count), arguments))
        return copy
    }
}

extension ParameterStorage {
    var oneDNN: PackedLayer {
        guard let layer = self as? PackedLayer else { preconditionFailure("a parameter of another backend") }
        return layer
    }
}
#endif
