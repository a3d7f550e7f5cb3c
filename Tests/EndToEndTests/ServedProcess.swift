import Foundation
import RepositoryFiles
import Testing

/// The real binary, serving the test model on a free port.
final class ServedProcess {
    struct Reply {
        let status: Int
        let headers: String
        let body: Data
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: [String: Any] {
            get throws { try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any]) }
        }
    }

    /// Beside the test bundle, where `swift build` puts every product.
    static let binary =
        Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
        .map { $0.deletingLastPathComponent() }
        .map { $0.appending(path: "underpaint") } ?? RepositoryFiles.root.appending(path: ".build/debug/underpaint")
    static let modelFlags = [
        "--models", RepositoryFiles.fixtures.path, "--set", "models.default=tiny", "--set", "store.database=memory",
    ]

    private let process = Process()
    private let log: URL
    /// Where the paths of `curl` are; nil: the port that the log names.
    private let base: String?
    private(set) var port = 0

    /// Starts the server and waits until it is ready.
    /// - Parameter base: where it answers, if that is not the port that the log names first.
    init(_ arguments: [String] = [], at base: String? = nil) throws {
        self.base = base
        log = FileManager.default.temporaryDirectory.appending(path: "underpaint-\(UUID()).log")
        try Data().write(to: log)
        process.executableURL = Self.binary
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        // One worker where the test says nothing: what runs and what waits does not depend on the machine's cores.
        process.arguments = ["serve", "--port", "0", "--set", "workers.count=1"] + Self.modelFlags + arguments
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let deadline = Date().addingTimeInterval(60)
        while Date() < deadline {
            if let match = try logText().firstMatch(of: /listening on \S+ port (\d+)/), let port = Int(match.1) {
                self.port = port
                if try curl(["/readyz"]).status == 200 { return }
            }
            guard process.isRunning else { break }
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record("the server did not get ready: \(try logText())")
    }

    deinit {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: log)
    }

    func logText() throws -> String { try String(contentsOf: log, encoding: .utf8) }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The exit code, when there is one.
    func waitUntilExit() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Sends SIGTERM, and returns the exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// `curl` with these arguments; the first one that starts with "/" is the path.
    func curl(_ arguments: [String]) throws -> Reply {
        let folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-curl-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (body, headers) = (folder.appending(path: "body"), folder.appending(path: "headers"))
        let result = try Self.run(
            URL(filePath: "/usr/bin/env"),
            ["curl", "-s", "-k", "--max-time", "120", "-o", body.path, "-D", headers.path, "-w", "%{http_code}"]
                + arguments.map {
                    $0.hasPrefix("/") && !$0.hasPrefix("/tmp") ? (base ?? "http://127.0.0.1:\(port)") + $0 : $0
                })
        return Reply(
            status: Int(result.output) ?? 0, headers: (try? String(contentsOf: headers, encoding: .utf8)) ?? "",
            body: (try? Data(contentsOf: body)) ?? Data())
    }

    func post(_ json: String, _ more: [String] = []) throws -> Reply {
        try curl(["/v1/generations", "-H", "Content-Type: application/json", "--data-binary", json] + more)
    }

    /// Runs a program to its end.
    static func run(_ program: URL, _ arguments: [String]) throws -> (code: Int32, output: String, error: String) {
        let process = Process()
        let (output, error) = (Pipe(), Pipe())
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let errorText = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text, errorText)
    }
}
