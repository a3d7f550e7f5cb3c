import Foundation
import HTTPServer
import Logging
import Testing

/// The same server with a certificate.
@Suite struct TLSTests {
    private func withTLS<Result: Sendable>(
        _ responder: some Responder = echo, adjust: (inout ServerConfiguration) -> Void = { _ in },
        client: @escaping @Sendable (UInt16) throws -> Result
    ) async throws -> Result {
        let files = try TLSCertificate()
        return try await withServer(
            responder,
            adjust: {
                $0.certificateFile = files.certificate
                $0.privateKeyFile = files.key
                adjust(&$0)
            }, client: client)
    }

    @Test func `a request is answered, and knows that it came over TLS`() async throws {
        let responder = ClosureResponder { request in
            Response(
                status: 200, body: Array("\(request.isSecure) \(String(decoding: request.body, as: UTF8.self))".utf8))
        }
        let answer = try await withTLS(responder) { port in
            try OpenSSL.exchange(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", port: port)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.hasSuffix("\r\n\r\ntrue abc"))
    }

    @Test func `a reply that takes its time, and one larger than any buffer, arrive whole`() async throws {
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
        let responder = ClosureResponder { _ in
            try? await Task.sleep(for: .milliseconds(700))
            return Response(status: 200, body: large)
        }
        let answer = try await withTLS(responder) { port in
            try OpenSSL.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port: port)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.utf8.count { $0 == UInt8(ascii: "x") } >= large.count)
    }

    @Test func `a stream arrives piece by piece, to its end`() async throws {
        let responder = streaming { writer, _ in
            for number in 0..<5 {
                try await writer.write(Array("piece \(number)\n".utf8))
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        let answer = try await withTLS(responder) { port in
            try OpenSSL.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port: port)
        }
        for number in 0..<5 { #expect(answer.contains("piece \(number)\n")) }
    }

    @Test func `versions before 1.2 are not spoken`() async throws {
        let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let answers = try await withTLS { port in
            try ["-tls1_1", "-tls1_2", "-tls1_3"].map { version in
                try OpenSSL.exchange(request, port: port, more: [version, "-cipher", "ALL:@SECLEVEL=0"])
            }
        }
        #expect(answers.map { $0.hasPrefix("HTTP/1.1 200 ") } == [false, true, true])
    }

    @Test func `what is no TLS is not answered in the clear`() async throws {
        let answer = try await withTLS { port in
            let client = try RawClient(port: port)
            try client.get("/")
            return try client.rest()
        }
        #expect(!answer.contains("HTTP/1.1"))
    }

    @Test func `a client that sends nothing, or no whole request, is closed without a word in the clear`() async throws
    {
        let answers = try await withTLS(
            adjust: {
                $0.requestTimeout = .milliseconds(300)
                $0.idleTimeout = .seconds(1)
            },
            client: { port in
                let silent = try RawClient(port: port).rest()
                return [silent, try OpenSSL.exchange("GET / HTTP/1.1\r\nHost:", port: port)]
            })
        // A TLS alert, at most.
        #expect(!answers.joined().contains("HTTP"))
    }

    @Test func `a header that hides something gets 400, and nothing after it is answered`() async throws {
        let asked = Counter()
        let responder = ClosureResponder { _ in
            asked.increment()
            return Response(status: 200)
        }
        let answers = try await withTLS(responder) { port in
            try HeaderSafetyTests.hidingSomething.map { request in
                try OpenSSL.exchange(request + HeaderSafetyTests.follower, port: port)
            }
        }
        for (answer, request) in zip(answers, HeaderSafetyTests.hidingSomething) {
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(request)")
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count <= 2, "\(request)")
        }
        #expect(answers.contains { $0.hasPrefix("HTTP/1.1 400 ") })
        #expect(asked.value == 0)
    }

    @Test func `an ordinary header is served`() async throws {
        let answers = try await withTLS { port in
            try HeaderSafetyTests.ordinary.map { request in
                // The second request ends the connection.
                try OpenSSL.exchange(
                    request + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port: port)
            }
        }
        for (answer, request) in zip(answers, HeaderSafetyTests.ordinary) {
            #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 3, "\(request): \(answer.prefix(300))")
        }
    }

    @Test func `a certificate that is read again is shown to who comes then, by its own server only`() async throws {
        let (files, others) = (try TLSCertificate(name: "first"), try TLSCertificate(name: "other"))
        let servers = [files, others].map { files in
            makeServer(adjust: {
                $0.certificateFile = files.certificate
                $0.privateKeyFile = files.key
            })
        }
        let ports = try servers.map { try $0.start() }
        func subjects() async throws -> [String] {
            try await offPool { try ports.map { try OpenSSL.subject(port: $0) } }
        }
        #expect(try await subjects() == ["subject=CN = first", "subject=CN = other"])
        try files.renew(name: "second")
        #expect(try await subjects() == ["subject=CN = first", "subject=CN = other"])
        #expect(try servers[0].reloadCertificate())
        #expect(try await subjects() == ["subject=CN = second", "subject=CN = other"])
        try "nonsense".write(toFile: files.certificate, atomically: false, encoding: .utf8)
        #expect(throws: ServerError.self) { try servers[0].reloadCertificate() }
        #expect(try await subjects() == ["subject=CN = second", "subject=CN = other"])
        for server in servers { await server.stop() }
    }

    @Test func `files that are no certificate, no key or not of each other are named`() throws {
        let (files, others) = (try TLSCertificate(), try TLSCertificate())
        func complaint(_ certificate: String, _ key: String) -> String {
            var configuration = ServerConfiguration()
            configuration.certificateFile = certificate
            configuration.privateKeyFile = key
            let error = #expect(throws: ServerError.self) { try configuration.checkCertificate() }
            return error?.description ?? ""
        }
        let missing = files.folder.appending(path: "missing.pem").path
        #expect(complaint(missing, files.key).contains("\(missing) for TLS: No such file"))
        #expect(complaint(files.certificate, missing).contains("\(missing) for TLS: No such file"))
        #expect(complaint(files.key, files.key).contains("\(files.key) for TLS: no certificates in PEM"))
        #expect(
            complaint(files.certificate, files.certificate).contains("\(files.certificate) for TLS: no private key"))
        #expect(
            complaint(files.certificate, others.key)
                .contains("\(others.key) for TLS: it is not the key of the certificate \(files.certificate)"))
    }
}

@Suite struct LocalAddressTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.1.2.3", true), ("localhost", true), ("::1", true), ("::ffff:127.0.0.1", true),
        ("0.0.0.0", false), ("::", false), ("192.0.2.1", false), ("::ffff:192.0.2.1", false), ("::2", false),
    ])
    func `a server knows whether only this machine can reach it`(host: String, isLocal: Bool) throws {
        var configuration = ServerConfiguration()
        configuration.host = host
        #expect(try configuration.isLocal() == isLocal)
    }

    @Test func `every reply forbids to guess what it is, those of the server itself too`() async throws {
        let headers = try await withServer { port in
            let client = try RawClient(port: port)
            try client.get("/")
            let served = try client.reply().headers
            try client.get("/", headers: "Transfer-Encoding: gzip\r\n")
            return [served, try client.reply().headers]
        }
        #expect(headers.map { $0["x-content-type-options"] } == ["nosniff", "nosniff"])
    }
}
