/// Where the elements of a tensor lie in a file. Checked when it is made: every element is inside.
package struct StoredTensor: Equatable {
    static let maximumDimensionCount = 16

    package let type: ElementType
    package let shape: [Int]
    /// Elements between neighbours of each dimension.
    let strides: [Int]
    /// Of the first element, in the file.
    let byteOffset: Int
    package let elementCount: Int
    /// Elements from the first to the last, those between them included.
    let extent: Int

    /// Whether the elements lie one after the other in row-major order.
    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            guard stride == expected else { return false }
            expected *= size
        }
        return true
    }

    /// A tensor in row-major order, as safetensors files have them.
    init(_ entry: SafetensorsHeader.Entry) {
        type = entry.type
        shape = entry.shape
        var strides: [Int] = []
        var stride = 1
        for size in entry.shape.reversed() {
            strides.insert(stride, at: 0)
            stride *= max(size, 1)
        }
        self.strides = strides
        byteOffset = entry.range.lowerBound
        elementCount = entry.range.count / entry.type.byteCount
        extent = elementCount
    }

    /// A view of a storage.
    /// - Parameters:
    ///   - offset: of the first element in the storage, in elements.
    ///   - storage: the storage's bytes in the file.
    /// - Returns: nil, with the reason in `fault`, if an element would lie outside.
    init?(
        type: ElementType, shape: [Int], strides: [Int], offset: Int, storage: Range<Int>, fault: inout String
    ) {
        let capacity = storage.count / type.byteCount
        guard shape.count == strides.count, shape.count <= Self.maximumDimensionCount else {
            fault = "\(shape.count) dimensions and \(strides.count) strides"
            return nil
        }
        guard offset >= 0, shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }) else {
            fault = "shape \(shape), strides \(strides), offset \(offset): a number is negative"
            return nil
        }
        var (count, last) = (1, 0)
        for (size, stride) in zip(shape, strides) {
            let product = count.multipliedReportingOverflow(by: size)
            let step = max(size - 1, 0).multipliedReportingOverflow(by: stride)
            let reach = last.addingReportingOverflow(step.partialValue)
            guard !product.overflow, !step.overflow, !reach.overflow else {
                fault = "shape \(shape) with strides \(strides) has more elements than can be counted"
                return nil
            }
            (count, last) = (product.partialValue, reach.partialValue)
        }
        let extent = count == 0 ? 0 : last + 1
        guard extent <= capacity, offset <= capacity - extent else {
            fault =
                "shape \(shape) with strides \(strides) from element \(offset) leaves a storage of \(capacity) elements"
            return nil
        }
        // A view that repeats elements is how a small file would ask for much memory; no weight is one.
        guard count <= extent else {
            fault = "shape \(shape) with strides \(strides) repeats elements"
            return nil
        }
        self.type = type
        self.shape = shape
        self.strides = strides
        byteOffset = storage.lowerBound + offset * type.byteCount
        elementCount = count
        self.extent = extent
    }
}
