/// A dense tensor of a worker's scratch memory: a handle, whose storage belongs to the backend that made it.
///
/// The shape is always [B, rows, columns], B images with `rows` rows each. Rows of one image are what a backend may
/// compute together: an image's values never depend on how many other images share the tensor.
package struct Tensor {
    package let images: Int
    /// Rows of one image.
    package let rows: Int
    package let columns: Int
    /// Of its elements: fp32, or of an operand what the backend multiplies.
    package let precision: Precision
    let storage: any TensorStorage
    /// Rows of the storage before the first one.
    let offset: Int

    init(images: Int, rows: Int, columns: Int, precision: Precision, storage: any TensorStorage, offset: Int = 0) {
        self.images = images
        self.rows = rows
        self.columns = columns
        self.precision = precision
        self.storage = storage
        self.offset = offset
    }

    /// Rows of all images.
    package var totalRows: Int { images * rows }

    package var elementCount: Int { images * rows * columns }

    /// Some of the images, in the same memory.
    package func images(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= images, "images of the tensor")
        return Tensor(
            images: range.count, rows: rows, columns: columns, precision: precision, storage: storage,
            offset: offset + range.lowerBound * rows)
    }
}

/// Memory of a tensor, in the form its backend knows.
protocol TensorStorage: AnyObject {}
