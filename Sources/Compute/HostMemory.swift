#if canImport(Glibc)
import Glibc
#endif

/// An aligned block of fp32 numbers in host memory.
@safe final class HostMemory: TensorStorage {
    /// Bytes of a cache line and of the widest vector register.
    private static let alignment = 64

    let count: Int
    let base: UnsafeMutablePointer<Float>

    init(count: Int) {
        self.count = count
        let bytes = Swift.max(count, 1) * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
        unsafe base = raw.bindMemory(to: Float.self, capacity: Swift.max(count, 1))
    }

    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        unsafe values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe base.update(from: start, count: values.count)
        }
    }

    deinit {
        unsafe base.deallocate()
    }
}

/// Weights in host memory.
@safe final class HostParameter: ParameterStorage {
    let weight: UnsafePointer<Float>
    /// One value per output; nil where the parameter is a plain table.
    let bias: UnsafePointer<Float>?
    private let memory: [HostMemory]

    init(weight: [Float], bias: [Float]? = nil) {
        let weights = HostMemory(weight)
        let biases = bias.map { HostMemory($0) }
        unsafe self.weight = UnsafePointer(weights.base)
        unsafe self.bias = biases.map { unsafe UnsafePointer($0.base) }
        memory = [weights] + (biases.map { [$0] } ?? [])
    }
}

/// Nothing writes to the memory after `init`, and it lives as long as the object.
extension HostParameter: @unchecked Sendable {}

extension Tensor {
    /// Base address of a host backend's tensor.
    var host: UnsafeMutablePointer<Float> {
        guard let memory = storage as? HostMemory else {
            preconditionFailure("a tensor of another backend")
        }
        return unsafe memory.base
    }
}

extension ParameterStorage {
    var host: HostParameter {
        guard let parameter = self as? HostParameter else {
            preconditionFailure("a parameter of another backend")
        }
        return parameter
    }
}
