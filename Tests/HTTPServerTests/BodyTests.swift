import Foundation
import HTTPServer
import Testing

@Suite struct BodyTests {
    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `a request without a length has no body`(method: String) async throws {
        let counts = ClosureResponder { Response(status: 200, body: Array("\($0.method) \($0.body.count)".utf8)) }
        try await withServer(counts) { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                try client.get("/cancel", method: method)
                #expect(try client.reply().text == "\(method) 0")
            }
        }
    }

    private func chunked(_ body: String, coding: String = "chunked", more: String = "") -> String {
        "POST /chunks HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: \(coding)\r\n\(more)\r\n\(body)"
    }

    @Test(arguments: ["chunked", "Chunked"])
    func `a body in chunks is served like any other`(coding: String) async throws {
        let reply = try await withServer { port in
            let client = try RawClient(port: port)
            try client.send(self.chunked("5\r\nhello\r\nA;ext=1\r\n, chunks !\r\n0\r\n\r\n", coding: coding))
            return try client.reply()
        }
        #expect(reply.text == "POST /chunks  hello, chunks !")
    }

    @Test func `a body in chunks is read at whatever bytes it is cut`() async throws {
        let request = chunked("3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
        try await withServer { port in
            for cut in 1..<request.utf8.count {
                let client = try RawClient(port: port)
                let bytes = Array(request.utf8)
                try client.send(Array(bytes[..<cut]))
                try client.send(Array(bytes[cut...]))
                #expect(try client.reply().text == "POST /chunks  abcdefg")
            }
        }
    }

    @Test func `a client that waits to be told to continue may send chunks`() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send(self.chunked("", more: "Expect: 100-continue\r\n"))
            #expect(try client.reply().status == 100)
            try client.send("2\r\nhi\r\n0\r\n\r\n")
            #expect(try client.reply().text == "POST /chunks  hi")
        }
    }

    /// What stands behind the last chunk nobody here can check byte for byte.
    @Test(arguments: ["0\r\n\r\n", "0\r\n: y\r\n", "0\r\nX: a\r\n b\r\n\r\n", "0\r\n\0\r\n", "0\n\n"])
    func `the connection ends with a body in chunks`(end: String) async throws {
        let answer = try await withServer { port in
            let client = try RawClient(port: port)
            try client.send(self.chunked("1\r\na\r\n" + end) + "GET /second HTTP/1.1\r\nHost: x\r\n\r\n")
            return try client.rest()
        }
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(!answer.contains("/second"))
    }

    @Test func `a body in chunks over the limit gets 413`() async throws {
        let asked = Counter()
        let responder = ClosureResponder { _ in
            asked.increment()
            return Response(status: 200)
        }
        let reply = try await withServer(responder, adjust: { $0.maximumBodyByteCount = 100 }) { port in
            let client = try RawClient(port: port)
            let chunk = "a\r\n0123456789\r\n"
            try client.send(self.chunked(String(repeating: chunk, count: 11) + "0\r\n\r\n"))
            return try client.reply()
        }
        #expect(reply.status == 413)
        #expect(reply.headers["connection"] == "close")
        #expect(asked.value == 0)
    }

    @Test func `an endless body in chunks is cut off`() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send(self.chunked(""))
            let chunk = "2000\r\n\(String(repeating: "x", count: 0x2000))\r\n"
            #expect(throws: RawClient.Failure.self) {
                for _ in 0..<100_000 { try client.send(chunk) }
            }
        }
    }

    @Test(arguments: ["g\r\n", "-1\r\n", "\r\n", "1\r\nab\r\n", "ffffffffffffffffff\r\n"])
    func `a malformed chunk is refused`(body: String) async throws {
        let answer = try await withServer { port in
            let client = try RawClient(port: port)
            try client.send(self.chunked(body + "0\r\n\r\n"))
            return try client.rest()
        }
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
    }

    @Test func `a reply that nothing has changed has the length of what it is about`() async throws {
        let responder = ClosureResponder { _ in Response(status: 304, body: Array("twelve bytes".utf8)) }
        try await withServer(responder) { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                try client.get("/")
                let reply = try client.reply(hasBody: false)
                #expect(reply.status == 304)
                #expect(reply.headers["content-length"] == "12")
            }
        }
    }
}
