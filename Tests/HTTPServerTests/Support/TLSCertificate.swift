import Foundation

/// A certificate of its own making, and its key, in files that are gone with it.
final class TLSCertificate {
    let folder: URL
    var certificate: String { folder.appending(path: "certificate.pem").path }
    var key: String { folder.appending(path: "key.pem").path }

    struct Failure: Error {
        var output: String
    }

    init(name: String = "localhost") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-tls-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try renew(name: name)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Writes another one into the same files.
    func renew(name: String) throws {
        try OpenSSL.run([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
            certificate,
        ])
    }
}

/// The command `openssl`, which is no code of the server's.
enum OpenSSL {
    /// - Returns: what it wrote to standard output.
    @discardableResult
    static func run(_ arguments: [String], input: [UInt8] = []) throws -> String {
        let process = Process()
        let (stdin, stdout) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        // What a client sends is no end of sending before it has the answer.
        if arguments.first != "s_client" { try stdin.fileHandleForWriting.close() }
        let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard arguments.first == "s_client" || process.terminationStatus == 0 else {
            throw TLSCertificate.Failure(output: output)
        }
        return output
    }

    /// Sends these bytes over TLS, and returns all that comes until the server closes the connection.
    static func exchange(_ bytes: String, port: UInt16, more: [String] = []) throws -> String {
        try run(
            ["s_client", "-connect", "127.0.0.1:\(port)", "-quiet"] + more, input: Array(bytes.utf8))
    }

    /// The name in the certificate that the server shows.
    static func subject(port: UInt16) throws -> String {
        try run(
            ["s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost", "-showcerts", "-ign_eof"],
            input: Array("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8)
        ).split(separator: "\n").first { $0.hasPrefix("subject=") }.map(String.init) ?? ""
    }
}
