#if arch(x86_64)
internal import COneDNN

/// Sizes of a tensor and how its numbers lie in memory, as the library describes them.
struct OneDNNLayout: Equatable {
    let descriptor: dnnl_memory_desc_t

    init(_ descriptor: dnnl_memory_desc_t) {
        self.descriptor = descriptor
    }

    /// - Parameter tag: the order of the dimensions in memory; `dnnl_format_tag_any`: as the operation likes it.
    init(_ dimensions: [Int], _ precision: Precision, _ tag: dnnl_format_tag_t) {
        var descriptor = dnnl_memory_desc_t()
        require(
            unsafe dnnl_memory_desc_init_by_tag(
                &descriptor, Int32(dimensions.count), dimensions.map(Int64.init), precision.oneDNN, tag))
        self.init(descriptor)
    }

    var byteCount: Int {
        unsafe withUnsafePointer(to: descriptor) { unsafe dnnl_memory_desc_get_size($0) }
    }

    static func == (left: OneDNNLayout, right: OneDNNLayout) -> Bool {
        unsafe withUnsafePointer(to: left.descriptor) { left in
            unsafe withUnsafePointer(to: right.descriptor) { unsafe dnnl_memory_desc_equal(left, $0) != 0 }
        }
    }
}

extension Precision {
    fileprivate var oneDNN: dnnl_data_type_t {
        switch self {
        case .fp32: dnnl_f32
        case .bf16: dnnl_bf16
        case .int8: dnnl_s8
        }
    }
}
#endif
