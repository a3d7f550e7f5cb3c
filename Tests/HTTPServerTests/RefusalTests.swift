import Foundation
import HTTPServer
import Testing

@Suite struct RefusalTests {
    /// Sends the bytes to a server whose responder must not be reached.
    private func refuse(_ request: String) async throws -> RawClient.Reply {
        let asked = Counter()
        let responder = ClosureResponder { _ in
            asked.increment()
            return Response(status: 200)
        }
        let reply = try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.send(request)
            return try client.reply()
        }
        #expect(asked.value == 0)
        return reply
    }

    private func expectProblem(_ reply: RawClient.Reply, _ status: Int, instance: String = "/things") throws {
        #expect(reply.status == status)
        #expect(reply.headers["content-type"] == "application/problem+json")
        #expect(reply.headers["x-request-id"]?.isEmpty == false)
        let problem = try #require(try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any])
        #expect(problem["type"] as? String == "about:blank")
        #expect(problem["status"] as? Int == status)
        #expect((problem["title"] as? String)?.isEmpty == false)
        #expect((problem["detail"] as? String)?.isEmpty == false)
        #expect(problem["instance"] as? String == instance)
    }

    @Test func `a body over the limit gets 413, and the connection goes on`() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.post("/things", String(repeating: "x", count: 65_537))
            try self.expectProblem(try client.reply(), 413)
            try client.get("/next")
            #expect(try client.reply().text == "GET /next  ")
        }
    }

    @Test func `a body far over the limit gets 413 before it is sent`() async throws {
        let reply = try await refuse("POST /things HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999\r\n\r\n")
        try expectProblem(reply, 413)
        #expect(reply.headers["connection"] == "close")
    }

    @Test func `a client that waits to be told to continue is told 413 instead`() async throws {
        let reply = try await refuse(
            "POST /things HTTP/1.1\r\nHost: test\r\nContent-Length: 65537\r\nExpect: 100-continue\r\n\r\n")
        try expectProblem(reply, 413)
    }

    @Test(arguments: ["gzip", "gzip, chunked", "identity", "chunked, chunked"])
    func `a transfer coding other than chunked gets 501`(coding: String) async throws {
        let reply = try await refuse(
            "POST /things HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: \(coding)\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        try expectProblem(reply, 501)
        #expect(reply.headers["connection"] == "close")
    }

    @Test(arguments: [
        "POST /things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        "POST /things HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ])
    func `a transfer coding that leaves the length in doubt gets 400`(request: String) async throws {
        let reply = try await refuse(request)
        try expectProblem(reply, 400)
        #expect(reply.headers["connection"] == "close")
    }

    @Test(
        arguments: [
            "GET /things HTTP/1.1\r\n\r\n",
            "GET /things HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            "GET /things HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
            "GET /things HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\n",
            "GET /things HTTP/1.1\r\nHost: a\r\nX: \u{1}\r\n\r\n",
            "G(T /things HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /things?q=%ff HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /things?q=%00 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /things?q=%zz HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /things?q=% HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
    func `a malformed request gets 400 as a problem`(request: String) async throws {
        try expectProblem(try await refuse(request), 400)
    }

    @Test(
        arguments: [
            "/a%2Fb", "/a%00b", "/a%0ab", "/a%7f", "/a%", "/a%2", "/a%g1", "/%ff", "/%c3", "/%c0%af", "relative",
            "/has space", "/a#fragment",
        ])
    func `a path that cannot be decoded safely gets 400`(target: String) async throws {
        let reply = try await refuse("GET \(target) HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(reply.status == 400)
        #expect(reply.headers["content-type"] == "application/problem+json")
    }

    @Test(arguments: ["GET / HTTX/1.1\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"])
    func `what is not HTTP gets 400`(request: String) async throws {
        #expect(try await refuse(request).status == 400)
    }

    @Test func `a length that is no number gets 400, and the connection is closed`() async throws {
        let answer = try await withServer { port in
            let client = try RawClient(port: port)
            try client.send("POST /things HTTP/1.1\r\nHost: test\r\nContent-Length: abc\r\n\r\n")
            return try client.rest()
        }
        // libmicrohttpd 0.9.75 answers this one by itself and writes the header twice, so only the status is looked at.
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
    }

    @Test func `a header over the limit gets 431`() async throws {
        let filler = String(repeating: "x", count: 17_000)
        let reply = try await refuse("GET /things HTTP/1.1\r\nHost: test\r\nX-Filler: \(filler)\r\n\r\n")
        try expectProblem(reply, 431)
    }

    @Test func `an HTTP 1.0 request needs no Host, and its connection ends with the reply`() async throws {
        let answer = try await withServer { port in
            let client = try RawClient(port: port)
            try client.send("GET /old HTTP/1.0\r\n\r\n")
            return try client.rest()
        }
        #expect(answer.contains(" 200 "))
        #expect(answer.hasSuffix("GET /old  "))
    }
}
