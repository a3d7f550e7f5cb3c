import Foundation
import JobQueue
import Synchronization
import Testing

/// A stand-in for S3, which verifies signatures; `scripts/s3-server`. It ends with this.
final class S3Server: Sendable {
    static let credentials = [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    ]

    let address: String
    private let input = Pipe()
    private let output = Pipe()
    private let orders = Mutex(())

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appending(path: "scripts/s3-server")
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        address = try Self.line(from: output)
        try #require(address.hasPrefix("http://"), "scripts/s3-server did not start")
    }

    /// - Parameter environment: of the credentials.
    func place(prefix: String = "", environment: [String: String] = credentials) throws -> ImagePlace {
        .s3(
            try #require(
                S3Bucket(
                    name: "pictures", prefix: prefix, region: "eu-test-1", endpoint: S3Bucket.Endpoint(address))),
            try #require(S3Credentials(environment: environment)))
    }

    /// - Returns: the answer.
    @discardableResult
    func order(_ text: String) throws -> String {
        try orders.withLock { _ in
            try input.fileHandleForWriting.write(contentsOf: Data((text + "\n").utf8))
            return try Self.line(from: output)
        }
    }

    var keys: [String] {
        get throws { try order("keys").split(separator: "\t").map(String.init) }
    }

    private static func line(from output: Pipe) throws -> String {
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }
}
