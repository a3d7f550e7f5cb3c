/// An aligned block of host memory, freed with the object.
@safe final class HostBlock {
    /// Bytes of a cache line and of the widest vector register.
    private static let alignment = 64

    let byteCount: Int
    let base: UnsafeMutableRawPointer

    init(byteCount: Int) {
        self.byteCount = max(byteCount, Self.alignment)
        unsafe base = .allocate(byteCount: self.byteCount, alignment: Self.alignment)
    }

    convenience init(_ values: [Float]) {
        self.init(byteCount: values.count * MemoryLayout<Float>.stride)
        unsafe values.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe base.copyMemory(from: start, byteCount: source.count)
        }
    }

    deinit {
        unsafe base.deallocate()
    }
}

/// Only a pointer's owner writes to a block, and a block has one owner: a tensor, a parameter or the pool.
extension HostBlock: @unchecked Sendable {}

/// Memory of a tensor: a block that goes back to the pool with the last handle.
final class HostMemory: TensorStorage {
    let block: HostBlock
    private let pool: ScratchPool

    init(byteCount: Int, from pool: ScratchPool) {
        self.pool = pool
        block = pool.take(byteCount: byteCount)
    }

    deinit {
        pool.give(block)
    }
}

/// Weights in host memory, in the arrangement that their backend reads.
@safe final class HostParameter: ParameterStorage {
    let weight: UnsafeRawPointer
    /// One value per output; nil where the parameter is a plain table.
    let bias: UnsafePointer<Float>?
    /// Of the weights.
    let precision: Precision
    private let memory: [HostBlock]

    init(weight: HostBlock, bias: [Float]? = nil, precision: Precision = .fp32) {
        self.precision = precision
        let biases = bias.map { HostBlock($0) }
        unsafe self.weight = UnsafeRawPointer(weight.base)
        unsafe self.bias = biases.map { unsafe UnsafePointer($0.base.assumingMemoryBound(to: Float.self)) }
        memory = [weight] + (biases.map { [$0] } ?? [])
    }

    /// The weights of a backend that keeps them as fp32 rows.
    var rows: UnsafePointer<Float> { unsafe weight.assumingMemoryBound(to: Float.self) }
}

/// Nothing writes to the memory after `init`, and it lives as long as the object.
extension HostParameter: @unchecked Sendable {}

extension Tensor {
    /// Base address of a host backend's tensor.
    var address: UnsafeMutableRawPointer {
        guard let memory = storage as? HostMemory else {
            preconditionFailure("a tensor of another backend")
        }
        return unsafe memory.block.base + offset * precision.rowByteCount(columns: columns)
    }

    /// Base address of a host backend's fp32 tensor.
    var host: UnsafeMutablePointer<Float> {
        precondition(precision == .fp32, "an fp32 tensor")
        return unsafe address.assumingMemoryBound(to: Float.self)
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
