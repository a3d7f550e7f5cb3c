import JobQueue

/// Where the images of completed jobs lie.
enum ImagesAddress: Sendable, Equatable {
    /// Beside their jobs.
    case database
    /// In a directory that all processes of the database see.
    case directory(path: String)
    case s3(bucket: String, prefix: String)

    private static let directoryScheme = "directory:"
    private static let s3Scheme = "s3://"

    /// nil for what is none of them.
    init?(_ text: String) {
        if text == "database" {
            self = .database
        } else if text.hasPrefix(Self.directoryScheme), text.utf8.count > Self.directoryScheme.utf8.count {
            self = .directory(path: String(text.dropFirst(Self.directoryScheme.count)))
        } else if text.hasPrefix(Self.s3Scheme) {
            let parts = text.dropFirst(Self.s3Scheme.count).split(
                separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let bucket = parts.first, !bucket.isEmpty else { return nil }
            self = .s3(bucket: String(bucket), prefix: parts.count > 1 ? String(parts[1]) : "")
        } else {
            return nil
        }
    }

    /// As it is configured.
    var text: String {
        switch self {
        case .database: "database"
        case .directory(let path): Self.directoryScheme + path
        case .s3(let bucket, ""): Self.s3Scheme + bucket
        case .s3(let bucket, let prefix): "\(Self.s3Scheme)\(bucket)/\(prefix)"
        }
    }
}
