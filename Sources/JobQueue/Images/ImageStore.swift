package import Generation

/// Where the PNGs of completed jobs lie, if not in the database: a directory, a bucket.
///
/// It knows nothing of jobs. Images are put before their job is completed and removed after it is forgotten, so at any
/// moment there may be images too many, and none is missing. Those too many are found by `names`.
package protocol ImageStore: Sendable {
    /// When it returns the images are there, also after a power failure. Those that are there already stay as they are.
    ///
    /// - Throws: `JobStoreError.unavailable`.
    func put(_ images: [StoredImage], of job: JobID) async throws

    /// - Parameter byteCount: of the image; more is not read.
    /// - Returns: nil: there is no such image.
    /// - Throws: `JobStoreError.unavailable`.
    func png(_ name: ImageName, byteCount: Int) async throws -> [UInt8]?

    /// Removes images; those that are not there are no fault.
    ///
    /// - Throws: `JobStoreError.unavailable`.
    func remove(_ names: [ImageName]) async throws

    /// Some of the names, in an order of the store's own. Remains of images that never became whole are removed on the way.
    ///
    /// - Parameter cursor: where the page before ended; nil: from the beginning.
    /// - Throws: `JobStoreError.unavailable`.
    func names(after cursor: String?) async throws -> ImageNamePage
}

/// A part of the names in an image store.
package struct ImageNamePage: Sendable, Equatable {
    package let names: [ImageName]
    /// Where the next page begins; nil: this is the last one.
    package let next: String?

    package init(names: [ImageName], next: String?) {
        self.names = names
        self.next = next
    }
}
