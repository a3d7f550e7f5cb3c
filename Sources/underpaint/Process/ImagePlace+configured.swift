import Foundation
import JobQueue

extension ImagePlace {
    /// The place that is configured.
    ///
    /// - Throws: `ImagesSettingError`.
    init(
        _ settings: ServiceConfiguration, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ImagesSettingError) {
        switch settings.store.images {
        case .database: self = .database
        case .directory(let path): self = .directory(path)
        case .s3(let name, let prefix):
            let region = settings.store.s3Region
            guard
                let bucket = S3Bucket(name: name, prefix: prefix, region: region, endpoint: settings.store.s3Endpoint)
            else { throw .region(region) }
            guard let credentials = S3Credentials(environment: environment) else { throw .noCredentials }
            self = .s3(bucket, credentials)
        }
    }
}

/// What is configured about images does not fit together.
enum ImagesSettingError: Error, Equatable, CustomStringConvertible {
    case memory(images: String)
    case region(String)
    case noCredentials

    var description: String {
        switch self {
        case .memory(let images):
            "store.images is \(images), but store.database is memory, which keeps its images itself: set one of them"
        case .region(let region): "store.s3_region is \(region), which no server can be named after"
        case .noCredentials:
            "store.images is a bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
        }
    }
}
