import HTTPServer
import HTTPTypes
import Testing

@Suite struct ServingTests {
    @Test func `a request reaches the responder and its response the client`() async throws {
        let reply = try await withServer { port in
            let client = try RawClient(port: port)
            try client.post("/a/b?x=1&y=two", "hello")
            return try client.reply()
        }
        #expect(reply.status == 200)
        #expect(reply.text == "POST /a/b x=1;y=two hello")
        #expect(reply.headers["content-type"] == "text/plain")
        #expect(reply.headers["date"] != nil)
        #expect(reply.headers["server"] == nil)
    }

    @Test func `a connection serves many requests one after the other`() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            for number in 0..<50 {
                try client.post("/\(number)", "body \(number)")
                #expect(try client.reply().text == "POST /\(number)  body \(number)")
            }
        }
    }

    @Test func `pipelined requests are answered in their order`() async throws {
        let slowFirst = ClosureResponder { request in
            if request.path == "/0" { try? await Task.sleep(for: .milliseconds(200)) }
            return Response(status: 200, body: Array(request.path.utf8))
        }
        try await withServer(slowFirst) { port in
            let client = try RawClient(port: port)
            let requests = (0..<10).map { "GET /\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }
            try client.send(requests.joined())
            for number in 0..<10 { #expect(try client.reply().text == "/\(number)") }
        }
    }

    @Test func `HEAD is answered like GET without the body`() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.get("/head", method: "HEAD")
            let reply = try client.reply(hasBody: false)
            #expect(reply.status == 200)
            #expect(reply.headers["content-length"] == "\("GET /head  ".utf8.count)")
            // Were there a body, it would be taken for the beginning of this reply.
            try client.get("/next")
            #expect(try client.reply().text == "GET /next  ")
        }
    }

    @Test func `path and query are percent-decoded`() async throws {
        let reply = try await withServer { port in
            let client = try RawClient(port: port)
            try client.get("/caf%C3%A9/%7Eme?q=ankle+boot%26more&empty&n%61me=%E2%82%AC&&z=a=b")
            return try client.reply()
        }
        #expect(reply.text == "GET /café/~me q=ankle boot&more;empty=;name=€;z=a=b ")
    }

    @Test func `an absolute target is served by its path`() async throws {
        let reply = try await withServer { port in
            let client = try RawClient(port: port)
            try client.get("http://elsewhere:80/path?q=1")
            return try client.reply()
        }
        #expect(reply.text == "GET /path q=1 ")
    }

    @Test(arguments: ["abc-1.2_Z", String(repeating: "x", count: 128)])
    func `a sane request id comes back and reaches the responder`(id: String) async throws {
        let tellsID = ClosureResponder { Response(status: 200, body: Array($0.requestID.utf8)) }
        let reply = try await withServer(tellsID) { port in
            let client = try RawClient(port: port)
            try client.get("/", headers: "X-Request-Id: \(id)\r\n")
            return try client.reply()
        }
        #expect(reply.headers["x-request-id"] == id)
        #expect(reply.text == id)
    }

    @Test(arguments: ["", "X-Request-Id: a b\r\n", "X-Request-Id: \(String(repeating: "x", count: 129))\r\n"])
    func `a missing or unfit request id is replaced`(header: String) async throws {
        let reply = try await withServer { port in
            let client = try RawClient(port: port)
            try client.get("/", headers: header)
            return try client.reply()
        }
        #expect(reply.headers["x-request-id"]?.utf8.count == 32)
    }

    @Test func `a body of the largest size is served, also to a client that waits to be told to continue`() async throws
    {
        let counts = ClosureResponder { Response(status: 200, body: Array("\($0.body.count)".utf8)) }
        try await withServer(counts, adjust: { $0.maximumBodyByteCount = 300_000 }) { port in
            let body = String(repeating: "x", count: 300_000)
            let client = try RawClient(port: port)
            try client.post("/", body)
            #expect(try client.reply().text == "300000")

            try client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 300000\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.reply().status == 100)
            try client.send(body)
            #expect(try client.reply().text == "300000")
        }
    }

    @Test func `a large response arrives whole`() async throws {
        let large = ClosureResponder { _ in Response(status: 200, body: (0..<5_000_000).map { UInt8($0 % 251) }) }
        let reply = try await withServer(large) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            return try client.reply()
        }
        #expect(reply.body.count == 5_000_000)
        #expect(reply.body.indices.allSatisfy { reply.body[$0] == UInt8($0 % 251) })
    }

    @Test func `fields that are the server's own, or that would split the header, are not taken from a response`()
        async throws
    {
        let bad = ClosureResponder { _ in
            let headers: HTTPFields = [
                .contentLength: "99", .transferEncoding: "chunked", .literal("X-Evil"): "a\r\nX-More: b",
                .literal("X-Good"): "yes",
            ]
            return Response(status: 200, headers: headers, body: [65])
        }
        let reply = try await withServer(bad) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            return try client.reply()
        }
        #expect(reply.text == "A")
        #expect(reply.headers["x-good"] == "yes")
        #expect(reply.headers["x-more"] == nil)
    }

    @Test func `a response with a status that does not exist becomes 500`() async throws {
        let status = try await withServer(ClosureResponder { _ in Response(status: 42) }) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            return try client.reply().status
        }
        #expect(status == 500)
    }
}
