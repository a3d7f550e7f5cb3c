import Foundation
import GenerationAPI
import HTTPServer
import Logging
import Testing

@testable import underpaint

@Suite("Who may use the running service", .serialized)
struct AccessTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "underpaint-access-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private struct Nobody: Responder {
        func respond(to request: Request) async -> Response { Response(status: 404) }
    }

    /// A port that is free at this moment.
    private func freePort() async throws -> UInt16 {
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(
            configuration: configuration, responder: Nobody(),
            logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() })
        let port = try server.start()
        await server.stop()
        return port
    }

    /// Writes the file of keys.
    /// - Returns: the keys, by name.
    private func writeKeys(_ scopes: [String: Set<AccessScope>]) throws -> [String: String] {
        var keys: [String: String] = [:]
        let lines = scopes.map { name, scopes in
            let text = KeyText()
            keys[name] = text.description
            return "\(KeyLine(key: AccessKey(name: name, digest: text.digest, scopes: scopes), rate: nil, burst: nil))"
        }
        try lines.joined(separator: "\n").write(toFile: keyFile, atomically: true, encoding: .utf8)
        return keys
    }

    private var keyFile: String { folder.appending(path: "keys.yaml").path }

    private func header(_ key: String?) -> [String] { ["-H", "Authorization: Bearer \(key ?? "")"] }

    /// Asks until the answer is this one, 30 s at most: a signal is followed in its own time.
    private func becomes(_ status: Int, _ server: ServedProcess, _ arguments: [String]) async throws -> Bool {
        for _ in 0..<300 {
            if try server.curl(arguments).status == status { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    @Test func `it does not listen beyond this machine without keys, and says what to do`() throws {
        let result = try ServedProcess.run(
            ServedProcess.binary, ["serve", "--port", "0", "--host", "0.0.0.0"] + ServedProcess.modelFlags)
        #expect(result.code == 1)
        for text in ["http.host is 0.0.0.0", "underpaint key new", "--keys", "--open", "UNDERPAINT_HTTP_OPEN=true"] {
            #expect(result.error.contains(text))
        }
        let open = try ServedProcess(["--host", "0.0.0.0", "--open"])
        #expect(try open.logText().contains("there are no keys"))
        #expect(try open.curl(["/healthz", "-H", "Host: any.example"]).status == 200)
        #expect(open.stop() == 0)
    }

    @Test func `a name of a stranger's, and a stranger's page, get nothing from a local service`() throws {
        let server = try ServedProcess()
        #expect(try server.curl(["/healthz", "-H", "Host: evil.example"]).status == 421)
        #expect(try server.post(#"{"class":3}"#, ["-H", "Origin: http://evil.example"]).status == 403)
        let reply = try server.post(#"{"class":3}"#, ["-H", "Origin: http://127.0.0.1:\(server.port)"])
        #expect(reply.status == 202 && reply.headers.contains("X-Content-Type-Options: nosniff"))
        #expect(server.stop() == 0)
    }

    @Test func `keys are wanted, read again at SIGHUP, and kept if the new ones are broken`() async throws {
        let first = try writeKeys(["alice": [.generate, .read]])
        let server = try ServedProcess(["--host", "0.0.0.0", "--keys", keyFile])
        #expect(try server.curl(["/v1/models"]).status == 401)
        #expect(try server.post(#"{"class":3}"#, header(first["alice"]) + ["-H", "Accept: image/png"]).status == 200)
        #expect(try server.logText().contains("key=alice"))

        let second = try writeKeys(["bob": [.read]])
        server.send(SIGHUP)
        #expect(try await becomes(200, server, ["/v1/models"] + header(second["bob"])))
        #expect(try server.curl(["/v1/models"] + header(first["alice"])).status == 401)

        try "- nonsense".write(toFile: keyFile, atomically: true, encoding: .utf8)
        server.send(SIGHUP)
        for _ in 0..<300 where try !server.logText().contains("keys not reloaded") {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try server.logText().contains("keys.yaml, line 1"))
        #expect(try server.curl(["/v1/models"] + header(second["bob"])).status == 200)
        #expect(server.stop() == 0)
        #expect(!(try server.logText().contains("up_")))
    }

    @Test func `a broken file of keys stops the start`() throws {
        try "- {name: a}".write(toFile: keyFile, atomically: true, encoding: .utf8)
        let result = try ServedProcess.run(
            ServedProcess.binary, ["serve", "--port", "0", "--keys", keyFile] + ServedProcess.modelFlags)
        #expect(result.code == 1 && result.error.contains("keys.yaml, line 1: sha256 is missing"))
    }

    @Test func `operators have a port of their own, and can drain and resume`() async throws {
        let (port, adminPort) = (try await freePort(), try await freePort())
        let base = "http://127.0.0.1:\(port)"
        let server = try ServedProcess(
            ["--set", "http.port=\(port)", "--set", "admin.port=\(adminPort)", "--port", "\(port)"], at: base)
        let admin = "http://127.0.0.1:\(adminPort)"
        for path in ["/metrics", "/v1/admin/queue"] {
            #expect(try server.curl([base + path]).status == 404)
            #expect(try server.curl([admin + path]).status == 200)
        }
        #expect(try server.curl([admin + "/v1/models"]).status == 404)
        #expect(try server.curl([admin + "/v1/admin/queue", "-H", "Host: evil.example"]).status == 421)
        for path in ["/healthz", "/readyz"] { #expect(try server.curl([admin + path]).status == 200) }
        #expect(try server.curl(["-X", "POST", admin + "/v1/admin/drain"]).json["draining"] as? Bool == true)
        #expect(try server.curl(["/readyz"]).status == 503)
        #expect(try server.post(#"{"class":3}"#).status == 503)
        #expect(try server.curl(["-X", "POST", admin + "/v1/admin/resume"]).json["draining"] as? Bool == false)
        #expect(try server.post(#"{"class":3}"#, ["-H", "Accept: image/png"]).status == 200)
        #expect(server.stop() == 0)
    }

    @Test func `the certificate is read again at SIGHUP`() async throws {
        let port = try await freePort()
        try makeCertificate(name: "first")
        let server = try ServedProcess(
            [
                "--port", "\(port)", "--set", "http.tls_certificate=\(path("certificate.pem"))", "--set",
                "http.tls_key=\(path("key.pem"))",
            ], at: "https://127.0.0.1:\(port)")
        let png = try server.post(#"{"class":3}"#, ["-H", "Accept: image/png", "--cacert", path("certificate.pem")])
        #expect(png.status == 200 && png.body.starts(with: [0x89, 0x50]))
        #expect(try subject(port) == "subject=CN = first")
        try makeCertificate(name: "second")
        server.send(SIGHUP)
        for _ in 0..<100 where try subject(port) != "subject=CN = second" {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try subject(port) == "subject=CN = second")
        #expect(server.stop() == 0)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func makeCertificate(name: String) throws {
        let result = try ServedProcess.run(
            URL(filePath: "/usr/bin/env"),
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days",
                "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path("key.pem"),
                "-out",
                path("certificate.pem"),
            ])
        try #require(result.code == 0)
    }

    private func subject(_ port: UInt16) throws -> String {
        let script = "openssl s_client -connect 127.0.0.1:\(port) </dev/null 2>/dev/null | grep ^subject"
        return try ServedProcess.run(URL(filePath: "/bin/sh"), ["-c", script]).output.trimmingCharacters(in: .newlines)
    }
}
