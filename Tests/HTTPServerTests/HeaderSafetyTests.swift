import Foundation
import HTTPServer
import Testing

/// A header that two readers could take for different ones is refused, and the connection ends: whatever follows is not
/// answered.
@Suite struct HeaderSafetyTests {
    static let follower = "GET /second HTTP/1.1\r\nHost: x\r\n\r\n"

    static let hidingSomething = [
        // A folded line is glued to the name before it.
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Len: 38\r\n gth\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Len: 38\r\n gth\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Len: 5\r\n\tgth\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 38\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 38\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n \r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n X: a\r\n\r\n",
        "GET / HTTP/1.1\r\n folded\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\tc\r\nY: d\r\n\r\n",
        // A line without a name ends the header.
        "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n:\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: y\n",
        "GET / HTTP/1.1\r\n: y\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\0: y\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\0\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\0\0\r\n",
        "GET / HTTP/1.0\r\n\0y\r\n",
        "GET / HTTP/1.0\r\n\0\r\n",
        // A NUL cuts.
        "GET /\0/../secret HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        "G\0ET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET\0 / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /?a\0b HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\u{0}8\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX\0: a\r\n\r\n",
        // Other line ends and more spaces than the grammar has.
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nHost: x\nX: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a\u{b}b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.0 / HTTP/1.1\r\nHost: x\r\n\r\n",
        // A line before the request line that is empty only to some eyes.
        "\0\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\0POST / HTTP/1.1\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\n\0POST / HTTP/1.1\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\0\(String(repeating: "x", count: 5_000))\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ]

    @Test(arguments: hidingSomething)
    func `a header that hides something gets 400, and nothing after it is answered`(request: String) async throws {
        let asked = Counter()
        let responder = ClosureResponder { _ in
            asked.increment()
            return Response(status: 200)
        }
        let answer = try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.send(request + Self.follower)
            return try client.rest()
        }
        // Some of them libmicrohttpd cannot read at all, and closes the connection.
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count <= 2)
        #expect(answer.isEmpty || answer.contains("\r\nConnection: close\r\n"))
        #expect(asked.value == 0)
    }

    static let ordinary = [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /?a=b%20c&d+e&&f=%26=g HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%41%42?x HTTP/1.1\r\nHost:x\r\nX:\r\nY:  \t a \t \r\nZ:\ta: b:c\r\nX: \r\n\r\n",
        "GET http://x/a?b HTTP/1.1\r\nhOsT: x\r\nCookie: a=b; c=d\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: \u{e4}\u{20ac}\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nHost: x\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 9_000))\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n"
            + (0..<150).map { "X-\($0): value \($0)\r\n" }.joined() + "\r\n",
    ]

    @Test(arguments: ordinary)
    func `an ordinary header is served, whole or in pieces, first or later on its connection`(request: String)
        async throws
    {
        try await withServer { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                try client.send(request)
                #expect(try client.reply().status == 200)
            }
            // The pieces end inside of line ends as well.
            let bytes = Array(request.utf8)
            let step = max(1, bytes.count / 40)
            for start in stride(from: 0, to: bytes.count, by: step) {
                try client.send(Array(bytes[start..<min(bytes.count, start + step)]))
            }
            #expect(try client.reply().status == 200)
        }
    }
}
