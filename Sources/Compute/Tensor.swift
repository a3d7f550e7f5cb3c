/// A dense fp32 tensor of a worker's scratch memory: a handle, whose storage belongs to the backend that made it.
///
/// The shape is always [B, rows, columns], B images with `rows` rows each. Rows of one image are what a backend may
/// compute together: an image's values never depend on how many other images share the tensor.
package struct Tensor {
    package let images: Int
    /// Rows of one image.
    package let rows: Int
    package let columns: Int
    let storage: any TensorStorage

    init(images: Int, rows: Int, columns: Int, storage: any TensorStorage) {
        self.images = images
        self.rows = rows
        self.columns = columns
        self.storage = storage
    }

    /// Rows of all images.
    package var totalRows: Int { images * rows }

    package var elementCount: Int { images * rows * columns }

    /// The same elements seen with another shape of the same element count.
    package func reshaped(images: Int, rows: Int, columns: Int) -> Tensor {
        precondition(images * rows * columns == elementCount, "a reshape keeps the element count")
        return Tensor(images: images, rows: rows, columns: columns, storage: storage)
    }
}

/// Memory of a tensor, in the form its backend knows.
protocol TensorStorage: AnyObject {}
