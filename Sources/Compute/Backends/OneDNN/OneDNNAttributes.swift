#if arch(x86_64)
internal import COneDNN

/// How an operation is to be done: with scratch memory of ours, and what happens to its result before it is written.
@safe final class OneDNNAttributes {
    private let handle: dnnl_primitive_attr_t

    /// - Parameters:
    ///   - activation: of the result.
    ///   - accumulates: the result is added to what is there.
    init(activation: Activation = .identity, accumulates: Bool = false) {
        unsafe handle = made { unsafe dnnl_primitive_attr_create(&$0) }
        require(unsafe dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user))
        let steps = unsafe made { unsafe dnnl_post_ops_create(&$0) }
        if accumulates { require(unsafe dnnl_post_ops_append_sum(steps, 1)) }
        switch activation {
        case .identity: break
        case .gelu: require(unsafe dnnl_post_ops_append_eltwise(steps, 1, dnnl_eltwise_gelu_erf, 0, 0))
        case .silu: require(unsafe dnnl_post_ops_append_eltwise(steps, 1, dnnl_eltwise_swish, 1, 0))
        }
        // That copies them.
        require(unsafe dnnl_primitive_attr_set_post_ops(handle, steps))
        unsafe dnnl_post_ops_destroy(steps)
    }

    deinit {
        unsafe dnnl_primitive_attr_destroy(handle)
    }

    func withHandle<Result>(_ body: (dnnl_primitive_attr_t) -> Result) -> Result {
        unsafe body(handle)
    }
}
#endif
