#if arch(x86_64)
internal import COneDNN

/// The library's handle on this processor: there is one, as long as the process lives.
@safe final class OneDNNEngine {
    static let shared = OneDNNEngine()

    private let handle: dnnl_engine_t

    private init() {
        unsafe handle = made { unsafe dnnl_engine_create(&$0, dnnl_cpu, 0) }
    }

    deinit {
        unsafe dnnl_engine_destroy(handle)
    }

    func makeStream() -> dnnl_stream_t {
        unsafe made { unsafe dnnl_stream_create(&$0, handle, dnnl_stream_default_flags.rawValue) }
    }

    /// A memory object over numbers that belong to someone else; nil: it is pointed at some later.
    func makeMemory(_ layout: OneDNNLayout, at data: UnsafeMutableRawPointer?) -> dnnl_memory_t {
        unsafe withUnsafePointer(to: layout.descriptor) { descriptor in
            unsafe made { unsafe dnnl_memory_create(&$0, descriptor, handle, data) }
        }
    }

    /// - Parameter operation: the library's description of one operation, a struct of C.
    func makePrimitiveDescriptor<Operation>(
        _ operation: Operation, _ attributes: OneDNNAttributes
    ) -> dnnl_primitive_desc_t {
        unsafe withUnsafePointer(to: operation) { operation in
            unsafe attributes.withHandle { attributes in
                unsafe made { unsafe dnnl_primitive_desc_create(&$0, operation, attributes, handle, nil) }
            }
        }
    }

    func makeReorderDescriptor(from: OneDNNLayout, to: OneDNNLayout) -> dnnl_primitive_desc_t {
        unsafe withUnsafePointer(to: from.descriptor) { from in
            unsafe withUnsafePointer(to: to.descriptor) { to in
                unsafe made { unsafe dnnl_reorder_primitive_desc_create(&$0, from, handle, to, handle, nil) }
            }
        }
    }
}

/// The library locks what its engine changes; the handle itself never changes.
extension OneDNNEngine: @unchecked Sendable {}

/// The handle that a creating function of the library returns.
///
/// The library computes every shape that we ask for, and memory that ran out cannot be helped: so a refusal is our own bug.
func made(_ create: (inout OpaquePointer?) -> dnnl_status_t) -> OpaquePointer {
    var handle: OpaquePointer?
    require(unsafe create(&handle))
    guard let handle = unsafe handle else { preconditionFailure("oneDNN made nothing") }
    return unsafe handle
}

func require(_ status: dnnl_status_t) {
    precondition(status == dnnl_success, "oneDNN refused: status \(status.rawValue)")
}
#endif
