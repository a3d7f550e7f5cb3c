import Foundation
import Synchronization
import Testing

/// A real PostgreSQL for the tests of this process, which ends with it.
final class PostgreSQLServer: Sendable {
    struct Failure: Error {
        let reason: String
    }

    private static let started = Mutex<Result<PostgreSQLServer, any Error>?>(nil)
    private static let count = Atomic(0)

    let address: String
    /// The server runs until this is closed, by us or by the end of the process.
    private let life: Pipe

    /// Address of a schema that nobody else uses.
    static func makeAddress() throws -> String {
        let server = try started.withLock { started in
            let result = started ?? Result { try PostgreSQLServer() }
            started = result
            return try result.get()
        }
        let number = count.add(1, ordering: .relaxed).newValue
        let schema = "test_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
        try run(["psql", server.address, "-q", "-c", "create schema \(schema)"])
        return server.address + "&options=-csearch_path%3D\(schema)"
    }

    private init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = root.appending(path: "scripts/postgres-server")
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        guard !line.isEmpty else { throw Failure(reason: "scripts/postgres-server did not start a server") }
        address = String(decoding: line, as: UTF8.self)
        life = input
    }

    private static func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(reason: words.joined(separator: " ")) }
    }
}
