#if arch(x86_64)
internal import COneDNN

/// Numbers in a layout, as an argument of a primitive.
@safe final class OneDNNMemory {
    let layout: OneDNNLayout
    private let handle: dnnl_memory_t
    private let block: HostBlock?

    /// Of its own, not initialised.
    convenience init(_ layout: OneDNNLayout) {
        self.init(layout, in: HostBlock(byteCount: layout.byteCount))
    }

    /// - Parameter block: nil: numbers of someone else, which `point` says before each use.
    init(_ layout: OneDNNLayout, in block: HostBlock?) {
        self.layout = layout
        self.block = block
        unsafe handle = OneDNNEngine.shared.makeMemory(layout, at: block?.base)
    }

    deinit {
        unsafe dnnl_memory_destroy(handle)
    }

    func point(at data: UnsafeMutableRawPointer) {
        require(unsafe dnnl_memory_set_data_handle(handle, data))
    }

    /// - Parameter role: one of the library's DNNL_ARG numbers.
    func argument(_ role: Int32) -> dnnl_exec_arg_t {
        unsafe dnnl_exec_arg_t(arg: role, memory: handle)
    }
}

/// Weights are shared: nothing changes them, and no primitive writes to the memory objects of its arguments. Any other
/// memory belongs to one thread's lane.
extension OneDNNMemory: @unchecked Sendable {}
#endif
