import FoundationEssentials
import Generation

/// Images as objects of a bucket: PREFIX/IDENTITY/NAME. Each write of S3 is whole or not there, and durable when it is
/// answered.
final class S3ImageStore: ImageStore {
    /// How many objects are on their way at the same time.
    private static let threadCount = 4
    /// Bytes of a reply that is no image: a page of names is 300 KB.
    private static let replyLimit = 4 << 20

    private let bucket: S3Bucket
    private let credentials: S3Credentials
    /// Of all our objects.
    private let prefix: String
    private let threads = ThreadPool<HTTPTransfers>(named: "images", count: threadCount) { HTTPTransfers() }

    init(_ bucket: S3Bucket, _ credentials: S3Credentials, identity: String) {
        self.bucket = bucket
        self.credentials = credentials
        prefix = "\(bucket.prefix)\(identity)/"
    }

    func put(_ images: [StoredImage], of job: JobID) async throws {
        try await forEach(images) { [self] image in
            var request = request("PUT", key: "\(prefix)\(ImageName(image.facts, of: job))")
            request.headers = [("content-type", "image/png")]
            request.body = image.png
            _ = try await send(request, expecting: 200)
        }
    }

    func png(_ name: ImageName, byteCount: Int) async throws -> [UInt8]? {
        try await send(
            request("GET", key: "\(prefix)\(name)"), expecting: 200, absentAs: "NoSuchKey",
            limit: max(byteCount, Self.replyLimit))
    }

    func remove(_ names: [ImageName]) async throws {
        try await forEach(names) { [self] name in
            _ = try await send(request("DELETE", key: "\(prefix)\(name)"), expecting: 204, absentAs: "NoSuchKey")
        }
    }

    /// A page is up to a thousand objects, as the server likes.
    func names(after cursor: String?) async throws -> ImageNamePage {
        var request = request("GET", key: "")
        request.query = [("list-type", "2"), ("prefix", prefix)]
        if let cursor { request.query.append(("continuation-token", cursor)) }
        let reply = XMLText(try await send(request, expecting: 200) ?? [])
        return ImageNamePage(
            names: reply.values(of: "Key").compactMap { ImageName(String($0.dropFirst(prefix.count))) },
            next: reply.values(of: "NextContinuationToken").first)
    }

    private func request(_ method: String, key: String) -> S3Request {
        S3Request(method: method, host: bucket.endpoint.host, path: "/\(bucket.name)/\(key)")
    }

    private func forEach<Element: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for element in elements { group.addTask { try await body(element) } }
            try await group.waitForAll()
        }
    }

    /// - Parameter absentAs: code of S3 for what is not there.
    /// - Returns: the body; nil: it is not there.
    /// - Throws: `JobStoreError.unavailable` for every other answer, and for none.
    private func send(
        _ request: S3Request, expecting expected: Int, absentAs absent: String? = nil, limit: Int = replyLimit
    ) async throws -> [UInt8]? {
        try await threads.run { [bucket, credentials] transfers in
            let time = Date().ISO8601Format().filter { $0 != "-" && $0 != ":" }
            let headers = request.signedHeaders(credentials, region: bucket.region, time: time)
            do {
                let reply = try transfers.run(
                    request.method, bucket.endpoint.scheme + request.host + request.target,
                    // libcurl would wait for a "go on", and names a type of its own.
                    headers: headers.map { "\($0.name): \($0.value)" } + ["expect:"], body: request.body,
                    limit: limit)
                if reply.status == expected { return reply.body }
                let code = XMLText(reply.body).values(of: "Code").first ?? "no reason"
                if reply.status == 404, code == absent { return nil }
                throw JobStoreError.unavailable("images: \(bucket.name) answered \(reply.status), \(code)")
            } catch let fault as HTTPTransfers.Fault {
                throw JobStoreError.unavailable("images: \(request.host): \(fault)")
            }
        }
    }
}
