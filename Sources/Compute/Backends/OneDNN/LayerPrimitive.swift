#if arch(x86_64)
internal import COneDNN

/// The library's code for one shape of layer, with its arguments. Belongs to one thread.
@safe final class LayerPrimitive {
    /// In which the weights have to come.
    let weightsLayout: OneDNNLayout
    let scratchByteCount: Int
    private let handle: dnnl_primitive_t
    private let source: OneDNNMemory
    private let result: OneDNNMemory
    private let scratch: OneDNNMemory

    /// - Parameter precision: of operands and weights.
    convenience init(_ shape: LayerShape, _ precision: Precision) {
        switch shape {
        case .product(let rows, let depth, let columns, let activation, let result):
            self.init(
                product: OneDNNLayout([rows, depth], precision, dnnl_ab),
                weights: OneDNNLayout([depth, columns], precision, dnnl_format_tag_any),
                bias: OneDNNLayout([1, columns], .fp32, dnnl_ab),
                result: OneDNNLayout([rows, columns], result, dnnl_ab), OneDNNAttributes(activation: activation))
        case .convolution(let lines, let above, let below, let width, let inputs, let outputs, let accumulates):
            self.init(
                convolution: OneDNNLayout([1, inputs, lines, width], precision, dnnl_nhwc), above: above, below: below,
                weights: OneDNNLayout([outputs, inputs, 3, 3], precision, dnnl_format_tag_any),
                bias: OneDNNLayout([outputs], .fp32, dnnl_a),
                result: OneDNNLayout([1, outputs, lines + above + below - 2, width], .fp32, dnnl_nhwc),
                OneDNNAttributes(accumulates: accumulates))
        }
    }

    private convenience init(
        product source: OneDNNLayout, weights: OneDNNLayout, bias: OneDNNLayout, result: OneDNNLayout,
        _ attributes: OneDNNAttributes
    ) {
        var operation = dnnl_matmul_desc_t()
        let layouts = [source, weights, bias, result].map(\.descriptor)
        unsafe layouts.withUnsafeBufferPointer {
            let first = $0.baseAddress
            require(
                unsafe dnnl_matmul_desc_init(
                    &operation, first, first.map { unsafe $0 + 1 }, first.map { unsafe $0 + 2 },
                    first.map { unsafe $0 + 3 }))
        }
        unsafe self.init(
            OneDNNEngine.shared.makePrimitiveDescriptor(operation, attributes), source: source, result: result)
    }

    private convenience init(
        convolution source: OneDNNLayout, above: Int, below: Int, weights: OneDNNLayout, bias: OneDNNLayout,
        result: OneDNNLayout, _ attributes: OneDNNAttributes
    ) {
        var operation = dnnl_convolution_desc_t()
        let layouts = [source, weights, bias, result].map(\.descriptor)
        unsafe layouts.withUnsafeBufferPointer {
            let first = $0.baseAddress
            require(
                unsafe dnnl_convolution_forward_desc_init(
                    &operation, dnnl_forward_inference, dnnl_convolution_direct, first, first.map { unsafe $0 + 1 },
                    first.map { unsafe $0 + 2 }, first.map { unsafe $0 + 3 }, [1, 1], [Int64(above), 1],
                    [Int64(below), 1]))
        }
        unsafe self.init(
            OneDNNEngine.shared.makePrimitiveDescriptor(operation, attributes), source: source, result: result)
    }

    /// - Parameter description: what the library found for the shape; used up.
    private init(_ description: dnnl_primitive_desc_t, source: OneDNNLayout, result: OneDNNLayout) {
        func layout(_ query: dnnl_query_t) -> OneDNNLayout {
            guard let found = unsafe dnnl_primitive_desc_query_md(description, query, 0) else {
                preconditionFailure("oneDNN knows the layouts of its arguments")
            }
            return unsafe OneDNNLayout(found.pointee)
        }
        weightsLayout = layout(dnnl_query_weights_md)
        let scratchLayout = layout(dnnl_query_scratchpad_md)
        scratchByteCount = scratchLayout.byteCount
        self.source = OneDNNMemory(source, in: nil)
        self.result = OneDNNMemory(result, in: nil)
        scratch = OneDNNMemory(scratchLayout, in: nil)
        unsafe handle = made { unsafe dnnl_primitive_create(&$0, description) }
        unsafe dnnl_primitive_desc_destroy(description)
    }

    deinit {
        unsafe dnnl_primitive_destroy(handle)
    }

    /// - Parameters:
    ///   - source: only read.
    ///   - scratch: `scratchByteCount` bytes.
    func run(
        _ source: UnsafeMutableRawPointer, _ weights: PackedWeights, into result: UnsafeMutableRawPointer,
        scratch: UnsafeMutableRawPointer, on stream: dnnl_stream_t
    ) {
        unsafe self.source.point(at: source)
        unsafe self.result.point(at: result)
        unsafe self.scratch.point(at: scratch)
        let arguments = unsafe [
            self.source.argument(DNNL_ARG_SRC), weights.packed(as: weightsLayout).argument(DNNL_ARG_WEIGHTS),
            weights.bias.argument(DNNL_ARG_BIAS), self.result.argument(DNNL_ARG_DST),
            self.scratch.argument(DNNL_ARG_SCRATCHPAD),
        ]
        require(unsafe dnnl_primitive_execute(handle, stream, Int32(arguments.count), arguments))
    }
}
#endif
