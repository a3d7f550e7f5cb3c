import Foundation
import HTTPServer
import Testing

@Suite struct HostileClientTests {
    @Test func `a client that sends its request too slowly is cut off while others are served`() async throws {
        try await withServer(adjust: { $0.requestTimeout = .seconds(1) }) { port in
            let slow = try RawClient(port: port)
            try slow.send("POST /slow HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n")
            let others = try RawClient(port: port)
            var served = 0
            // A byte now and then keeps an idle timeout from ever striking; the limit for the whole request does.
            let cutOff = (0..<200).contains { _ in
                Thread.sleep(forTimeInterval: 0.1)
                do {
                    try others.get("/other")
                    served += try others.reply().status == 200 ? 1 : 0
                    try slow.send("x")
                    return false
                } catch {
                    return true
                }
            }
            #expect(cutOff)
            #expect(served >= 1)
            try others.get("/other")
            #expect(try others.reply().status == 200)
        }
    }

    @Test func `a header that never ends is cut off with 408`() async throws {
        let answer = try await withServer(adjust: { $0.requestTimeout = .seconds(1) }) { port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: test\r\nX-Slow: ")
            return try client.rest()
        }
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("Connection: close"))
    }

    @Test func `a request line that never ends is cut off`() async throws {
        let answer = try await withServer(
            adjust: {
                $0.requestTimeout = .seconds(1)
                $0.idleTimeout = .seconds(1)
            }
        ) { port in
            let client = try RawClient(port: port)
            try client.send("GET /never-en")
            return try client.rest()
        }
        #expect(answer.isEmpty)
    }

    @Test func `a connection on which nothing happens is closed`() async throws {
        let answer = try await withServer(adjust: { $0.idleTimeout = .seconds(1) }) { port in
            try RawClient(port: port).rest()
        }
        #expect(answer.isEmpty)
    }

    @Test func `waiting for a response is not idling`() async throws {
        let late = ClosureResponder { _ in
            try? await Task.sleep(for: .seconds(3))
            return Response(status: 200)
        }
        let status = try await withServer(
            late,
            adjust: {
                $0.idleTimeout = .seconds(1)
                $0.requestTimeout = .seconds(1)
            }
        ) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            return try client.reply().status
        }
        #expect(status == 200)
    }

    @Test func `a client that vanishes while it waits cancels its task and harms nobody`() async throws {
        let started = Counter()
        let cancelled = Counter()
        let responder = ClosureResponder { request in
            guard request.path == "/wait" else { return Response(status: 200) }
            started.increment()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.increment() }
            return Response(status: 200)
        }
        try await withServer(responder) { port in
            let others = try RawClient(port: port)
            let vanishing = try (0..<20).map { _ in try RawClient(port: port) }
            for client in vanishing { try client.get("/wait") }
            #expect(started.wait(for: 20))
            for client in vanishing { client.close() }
            #expect(cancelled.wait(for: 20))
            try others.get("/still-there")
            #expect(try others.reply().status == 200)
        }
    }

    @Test func `a client that ends its sending half while it waits gets its reply`() async throws {
        let cancelled = Counter()
        let responder = ClosureResponder { request in
            do { try await Task.sleep(for: .seconds(3)) } catch { cancelled.increment() }
            return Response(status: 200, body: Array("patience".utf8))
        }
        let statuses = try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.post("/", "body")
            client.finishSending()
            // An interim response may come first: it is how the server finds out that the client is there.
            let first = try client.reply()
            let last = first.status == 100 ? try client.reply() : first
            #expect(last.text == "patience")
            #expect(try client.rest().isEmpty)
            return [first.status, last.status]
        }
        #expect(statuses == [100, 200])
        #expect(cancelled.value == 0)
    }

    @Test func `half a request and the end of sending in one go do not keep the connection`() async throws {
        try await withServer(adjust: { $0.connectionLimit = 40 }) { port in
            let clients = try (0..<30).map { _ in try RawClient(port: port) }
            for (number, client) in clients.enumerated() {
                let half = [
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc", "GET / HT", "GET / HTTP/1.1\r\nHo",
                ]
                try client.send(half[number % 3])
                client.finishSending()
            }
            // The limits for idle and for slow clients are 30 s, which is how long receiving goes on here.
            for client in clients { _ = try client.rest() }
        }
    }

    @Test func `connections on which nothing happens do not keep a new client out`() async throws {
        try await withServer(
            adjust: {
                $0.connectionLimit = 64
                $0.idleTimeout = .seconds(600)
                $0.requestTimeout = .seconds(600)
            }
        ) { port in
            let waiting = try RawClient(port: port)
            try waiting.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
            Thread.sleep(forTimeInterval: 0.2)
            var idle: [RawClient] = []
            for _ in 0..<200 { idle.append(try RawClient(port: port)) }
            let client = try RawClient(port: port)
            try client.get("/healthz")
            #expect(try client.reply().status == 200)
            // Those without any request go first.
            try waiting.send("cd")
            #expect(try waiting.reply().text == "POST /  abcd")
        }
    }

    @Test func `clients whose request has arrived are not closed for others`() async throws {
        let started = Counter()
        let release = Counter()
        let responder = ClosureResponder { request in
            started.increment()
            while release.value == 0, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
            return Response(status: 200)
        }
        try await withServer(responder, adjust: { $0.connectionLimit = 32 }) { port in
            let waiting = try (0..<32).map { _ in try RawClient(port: port) }
            for client in waiting { try client.get("/") }
            #expect(started.wait(for: 32))
            let late = try RawClient(port: port)
            try late.get("/late")
            release.increment()
            for client in waiting { #expect(try client.reply().status == 200) }
            for client in waiting { client.close() }
            #expect(try late.reply().status == 200)
        }
    }

    @Test func `a client that vanishes with another request already sent is noticed too`() async throws {
        let cancelled = Counter()
        let responder = ClosureResponder { _ in
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.increment() }
            return Response(status: 200)
        }
        try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.get("/1")
            try client.get("/2")
            Thread.sleep(forTimeInterval: 0.2)
            client.close()
            #expect(cancelled.wait(for: 1))
        }
    }

    @Test func `a responder that ignores cancellation does not keep the connection of a vanished client`() async throws
    {
        let started = Counter()
        let responder = ClosureResponder { request in
            guard request.path == "/wait" else { return Response(status: 200) }
            started.increment()
            // Sleeping in a task that is not cancelled, whatever happens to this one.
            await Task.detached { try? await Task.sleep(for: .seconds(8)) }.value
            return Response(status: 200)
        }
        try await withServer(
            responder,
            adjust: {
                $0.connectionLimit = 2
                $0.threadCount = 1
            }
        ) { port in
            let vanishing = try (0..<2).map { _ in try RawClient(port: port) }
            for client in vanishing { try client.get("/wait") }
            #expect(started.wait(for: 2))
            let begin = ContinuousClock.now
            for client in vanishing { client.close() }
            let other = try RawClient(port: port)
            try other.get("/")
            #expect(try other.reply().status == 200)
            #expect(ContinuousClock.now - begin < .seconds(7))
        }
    }

    @Test func `an endless header does no harm`() async throws {
        try await withServer { port in
            let flood = try RawClient(port: port)
            let line = "X-Flood: \(String(repeating: "x", count: 1000))\r\n"
            // Sooner or later the server has closed the connection, and sending fails.
            try? flood.send("GET / HTTP/1.1\r\nHost: test\r\n" + String(repeating: line, count: 1000))
            let answer = try flood.rest()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 431"))

            let other = try RawClient(port: port)
            try other.get("/")
            #expect(try other.reply().status == 200)
        }
    }

    @Test func `random bytes do no harm`() async throws {
        try await withServer(adjust: { $0.requestTimeout = .seconds(2) }) { port in
            var random = SystemRandomNumberGenerator()
            let alphabet = Array("GET /POST%:;= HTTP/1.0123\r\n\r\n\tContent-Length chunked\0\u{ff}".utf8)
            for _ in 0..<300 {
                let client = try RawClient(port: port)
                let count = Int.random(in: 1...300, using: &random)
                try? client.send((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
                if Bool.random() { client.finishSending() }
            }
            let other = try RawClient(port: port)
            try other.get("/")
            #expect(try other.reply().status == 200)
        }
    }

    @Test func `more connections than one address may have are closed`() async throws {
        try await withServer(adjust: { $0.connectionLimitPerAddress = 3 }) { port in
            let clients = try (0..<3).map { _ in try RawClient(port: port) }
            for client in clients {
                try client.get("/")
                #expect(try client.reply().status == 200)
            }
            #expect(try RawClient(port: port).rest().isEmpty)
        }
    }
}
