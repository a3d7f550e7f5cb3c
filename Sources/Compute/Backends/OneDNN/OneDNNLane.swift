#if arch(x86_64)
internal import COneDNN

/// What one thread of the team has for itself: primitives, whose arguments are set anew for every use, and memory.
///
/// So nothing is locked. The library keeps the machine code of the last 1024 shapes for all lanes.
@safe final class OneDNNLane {
    private let precision: Precision
    private let stream: dnnl_stream_t
    private var primitives: [LayerShape: LayerPrimitive] = [:]
    /// As much as any of the primitives needs.
    private var scratch = HostBlock(byteCount: 16 << 10)
    /// A dense result that is not yet where it belongs.
    private let tile: HostBlock

    init(_ precision: Precision, tileByteCount: Int) {
        self.precision = precision
        unsafe stream = OneDNNEngine.shared.makeStream()
        tile = HostBlock(byteCount: tileByteCount)
    }

    deinit {
        unsafe dnnl_stream_destroy(stream)
    }

    func weightsLayout(_ shape: LayerShape) -> OneDNNLayout { primitive(shape).weightsLayout }

    /// - Parameter source: only read.
    func run(
        _ shape: LayerShape, _ source: UnsafeMutableRawPointer, _ weights: PackedWeights,
        into result: UnsafeMutableRawPointer
    ) {
        let primitive = primitive(shape)
        unsafe primitive.run(source, weights, into: result, scratch: scratch.base, on: stream)
    }

    /// - Returns: the result, [rows, columns], dense; stands until the next one.
    func tile(
        _ shape: LayerShape, _ source: UnsafeMutableRawPointer, _ weights: PackedWeights
    ) -> UnsafeMutableRawPointer {
        unsafe run(shape, source, weights, into: tile.base)
        return unsafe tile.base
    }

    private func primitive(_ shape: LayerShape) -> LayerPrimitive {
        // The threads are ours; OpenMP would start its own beside them. It wants to be told by each of them.
        omp_set_num_threads(1)
        if let known = primitives[shape] { return known }
        let primitive = LayerPrimitive(shape, precision)
        if primitive.scratchByteCount > scratch.byteCount {
            scratch = HostBlock(byteCount: primitive.scratchByteCount)
        }
        primitives[shape] = primitive
        return primitive
    }
}
#endif
