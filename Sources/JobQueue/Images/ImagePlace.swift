/// Where images are to lie.
package enum ImagePlace: Sendable {
    /// Beside their jobs.
    case database
    /// In files below this path.
    case directory(String)
    case s3(S3Bucket, S3Credentials)

    /// - Parameter identity: of the database. Each has a folder of its own, so that none takes the images of another for its
    ///   own that no job has.
    /// - Throws: `ImageStoreError.unusable`.
    /// - Returns: nil for the database itself.
    func open(for identity: String) throws -> (any ImageStore)? {
        switch self {
        case .database: nil
        case .directory(let path): try DirectoryImageStore(path: path, identity: identity)
        case .s3(let bucket, let credentials):
            S3ImageStore(bucket, credentials, identity: identity)
        }
    }
}
