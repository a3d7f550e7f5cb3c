import Foundation
import HTTPServer
import HTTPTypes
import Testing

@Suite struct StreamTests {
    private func streaming(
        adjust: @escaping @Sendable (inout ResponseStream) -> Void = { _ in },
        _ produce: @escaping @Sendable (ResponseWriter, Request) async throws -> Void
    ) -> ClosureResponder {
        ClosureResponder { request in
            var stream = ResponseStream { try await produce($0, request) }
            adjust(&stream)
            return Response(status: 200, headers: [.contentType: "text/event-stream"], body: .stream(stream))
        }
    }

    @Test func `a stream arrives piece by piece, and the connection goes on after it`() async throws {
        let step = Counter()
        let responder = streaming { writer, _ in
            for number in 1...3 {
                while step.value < number { try await Task.sleep(for: .milliseconds(5)) }
                try await writer.write(Array("piece \(number)\n".utf8))
            }
        }
        try await withServer(responder) { port in
            let client = try RawClient(port: port)
            for round in 0..<2 {
                try client.get("/")
                let head = try client.text(upTo: "\r\n\r\n")
                #expect(head.hasPrefix("HTTP/1.1 200 "))
                #expect(head.contains("\r\nTransfer-Encoding: chunked\r\n"))
                #expect(!head.contains("Content-Length"))
                // The next piece is only made when the one before has been read; in the second round all are there.
                for number in 1...3 {
                    if round == 0 { step.increment() }
                    try client.text(upTo: "piece \(number)\n")
                }
                try client.text(upTo: "0\r\n\r\n")
            }
        }
    }

    @Test func `a long stream arrives whole and in order`() async throws {
        let responder = streaming { writer, _ in
            for number in 0..<20_000 { try await writer.write(Array("\(number),".utf8)) }
        }
        let answer = try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.0\r\n\r\n")
            return try client.rest()
        }
        let body = try #require(answer.range(of: "\r\n\r\n")).upperBound
        #expect(answer[body...] == (0..<20_000).map { "\($0)," }.joined())
    }

    @Test func `one write may be larger than the buffer`() async throws {
        let responder = streaming(adjust: { $0.capacity = 100 }) { writer, _ in
            try await writer.write((0..<1_000_000).map { UInt8($0 % 251) })
        }
        let count = try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.0\r\n\r\n")
            try client.text(upTo: "\r\n\r\n")
            return try client.bytesToEnd()
        }
        #expect(count.count == 1_000_000)
        #expect(count.indices.allSatisfy { count[$0] == UInt8($0 % 251) })
    }

    @Test func `an HTTP 1.0 client gets the stream as it is, and its end with that of the connection`() async throws {
        let answer = try await withServer(streaming { writer, _ in try await writer.write(Array("all of it".utf8)) }) {
            port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            return try client.rest()
        }
        #expect(!answer.contains("chunked"))
        #expect(answer.hasSuffix("\r\n\r\nall of it"))
    }

    @Test(arguments: [200, 204, 304])
    func `where a reply has no body nothing is made`(status: Int) async throws {
        let made = Counter()
        let responder = ClosureResponder { _ in
            Response(status: status, body: .stream(ResponseStream { _ in made.increment() }))
        }
        for method in status == 200 ? ["HEAD"] : ["HEAD", "GET"] {
            let answer = try await withServer(responder) { port in
                let client = try RawClient(port: port)
                try client.get("/", method: method, headers: "Connection: close\r\n")
                return try client.rest()
            }
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.hasSuffix("\r\n\r\n") && !answer.hasSuffix("\r\n0\r\n\r\n"))
            #expect(!answer.contains("Content-Length"))
        }
        #expect(made.value == 0)
    }

    @Test func `a stream that fails breaks the connection off instead of ending`() async throws {
        struct Failure: Error {}
        let responder = streaming { writer, _ in
            try await writer.write(Array("half".utf8))
            throw Failure()
        }
        let answer = try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            return try client.rest()
        }
        #expect(!answer.contains("\r\n0\r\n"))
    }

    @Test func `a slow reader holds the producer back, and then gets everything`() async throws {
        let written = Counter()
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 64 * 1024)
        let responder = streaming { writer, _ in
            for _ in 0..<400 {
                try await writer.write(block)
                written.increment()
            }
        }
        try await withServer(responder) { port in
            let client = try RawClient(port: port, receiveBuffer: 65_536)
            try client.send("GET / HTTP/1.0\r\n\r\n")
            // What goes ahead is what the system's buffers hold, some MiB of the 25.
            #expect(written.wait(for: 1))
            Thread.sleep(forTimeInterval: 1)
            #expect(written.value < 300)
            try client.text(upTo: "\r\n\r\n")
            #expect(try client.bytesToEnd().count == 400 * block.count)
        }
        #expect(written.value == 400)
    }

    @Test func `a slow reader misses offered items but not the last one`() async throws {
        let offered = Counter()
        let responder = streaming { writer, _ in
            for number in 0..<2_000 {
                try writer.offer(Array("\(number) \(String(repeating: "x", count: 16_000))\n".utf8))
                offered.increment()
            }
        }
        let answer = try await withServer(responder) { port in
            let client = try RawClient(port: port, receiveBuffer: 65_536)
            try client.send("GET / HTTP/1.0\r\n\r\n")
            // The producer never waits.
            #expect(offered.wait(for: 2_000))
            return try client.rest()
        }
        let body = try #require(answer.range(of: "\r\n\r\n")).upperBound
        let numbers = answer[body...].split(separator: "\n").compactMap {
            $0.split(separator: " ").first.flatMap { Int($0) }
        }
        #expect(numbers == numbers.sorted())
        #expect(numbers.last == 1_999)
        #expect(numbers.count < 2_000)
    }

    @Test(arguments: [nil, Array(":\n".utf8)])
    func `a reader that vanishes ends the producer of a quiet stream`(heartbeat: [UInt8]?) async throws {
        let started = Counter()
        let cancelled = Counter()
        let responder = streaming(adjust: { $0.heartbeat = heartbeat }) { writer, _ in
            try await writer.write(Array("hello\n".utf8))
            started.increment()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.increment() }
        }
        try await withServer(responder) { port in
            let clients = try (0..<10).map { _ in try RawClient(port: port) }
            for client in clients {
                try client.get("/")
                try client.text(upTo: "hello\n")
            }
            #expect(started.wait(for: 10))
            for client in clients { client.close() }
            #expect(cancelled.wait(for: 10))
        }
    }

    @Test func `a reader that vanishes ends a producer that waits for it`() async throws {
        let started = Counter()
        let ended = Counter()
        let responder = streaming { writer, _ in
            started.increment()
            do {
                while true { try await writer.write([UInt8](repeating: 0, count: 100_000)) }
            } catch {
                ended.increment()
            }
        }
        try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            #expect(started.wait(for: 1))
            Thread.sleep(forTimeInterval: 0.3)
            client.close()
            #expect(ended.wait(for: 1))
        }
    }

    @Test func `a reader that ends its sending half is kept where there is a heartbeat`() async throws {
        let responder = streaming(adjust: { $0.heartbeat = Array(":\n".utf8) }) { writer, _ in
            try await Task.sleep(for: .seconds(2))
            try await writer.write(Array("late".utf8))
        }
        let answer = try await withServer(responder) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            client.finishSending()
            return try client.rest()
        }
        #expect(answer.contains("\r\n2\r\n:\n\r\n"))
        #expect(answer.hasSuffix("\r\n4\r\nlate\r\n0\r\n\r\n"))
    }

    @Test func `a quiet stream has a heartbeat`() async throws {
        let responder = streaming(
            adjust: {
                $0.heartbeat = Array(":\n".utf8)
                $0.heartbeatInterval = .milliseconds(100)
            }
        ) { _, _ in try await Task.sleep(for: .seconds(60)) }
        try await withServer(responder, adjust: { $0.idleTimeout = .seconds(1) }) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            for _ in 0..<4 { try client.text(upTo: ":\n") }
        }
    }

    @Test func `many streams at once hold no thread`() async throws {
        let started = Counter()
        let responder = streaming { writer, request in
            started.increment()
            while started.value < 100 { try await Task.sleep(for: .milliseconds(10)) }
            for _ in 0..<20 {
                try await writer.write(Array(request.path.utf8))
                await Task.yield()
            }
        }
        try await withServer(responder) { port in
            let clients = try (0..<100).map { _ in try RawClient(port: port) }
            for (number, client) in clients.enumerated() { try client.send("GET /\(number) HTTP/1.0\r\n\r\n") }
            for (number, client) in clients.enumerated() {
                try client.text(upTo: "\r\n\r\n")
                let text = String(decoding: try client.bytesToEnd(), as: UTF8.self)
                #expect(text == String(repeating: "/\(number)", count: 20))
            }
        }
    }

    // MARK: Stopping

    @Test func `a stream that hears of the stop says good-bye and ends`() async throws {
        let started = Counter()
        let responder = streaming { writer, request in
            started.increment()
            await request.stopping.wait()
            try await writer.write(Array("good-bye".utf8))
        }
        let server = makeServer(responder) { $0.drainLimit = .seconds(60) }
        let port = try server.start()
        let client = try await offPool {
            let client = try RawClient(port: port)
            try client.get("/")
            #expect(started.wait(for: 1))
            return Handed(client)
        }
        await server.stop()
        let answer = try await offPool { try client.value.rest() }
        #expect(answer.hasSuffix("good-bye\r\n0\r\n\r\n"))
    }

    @Test func `an announced stop is heard before the server stops`() async throws {
        let responder = ClosureResponder { request in
            await request.stopping.wait()
            return Response(status: 503, body: Array("not any more".utf8))
        }
        let server = makeServer(responder)
        let port = try server.start()
        try await offPool {
            let client = try RawClient(port: port)
            try client.get("/")
            Thread.sleep(forTimeInterval: 0.1)
            server.announceStop()
            #expect(try client.reply().text == "not any more")
            // It still serves.
            try client.get("/")
            #expect(try client.reply().status == 503)
        }
        await server.stop()
    }

    @Test func `a stream that does not end does not cost the stop its whole limit`() async throws {
        let started = Counter()
        let cancelled = Counter()
        let responder = streaming { _, _ in
            started.increment()
            do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.increment() }
        }
        // Longer than a test may take.
        let server = makeServer(responder) { $0.drainLimit = .seconds(3_600) }
        let port = try server.start()
        let clients = try await offPool {
            let clients = try (0..<10).map { _ in try RawClient(port: port) }
            for client in clients { try client.get("/") }
            #expect(started.wait(for: 10))
            return Handed(clients)
        }
        await server.stop()
        try await offPool {
            #expect(cancelled.wait(for: 10))
            for client in clients.value {
                let answer = try client.rest()
                #expect(!answer.hasSuffix("0\r\n\r\n"))
            }
        }
    }

    @Test func `stopping amid streams, slow readers and vanishing ones harms nothing`() async throws {
        for limit in [Duration.zero, .milliseconds(50), .milliseconds(200)] {
            let responder = streaming { writer, request in
                while !request.stopping.isRaised {
                    try await writer.write([UInt8](repeating: 65, count: 30_000))
                    try writer.offer([66])
                    if request.path == "/quiet" { try await Task.sleep(for: .milliseconds(20)) }
                }
            }
            let server = makeServer(responder) {
                $0.drainLimit = limit
                $0.streamDrainLimit = .milliseconds(20)
            }
            let port = try server.start()
            let storm = Task {
                try await offPool {
                    var open: [RawClient] = []
                    while let client = try? RawClient(port: port) {
                        try? client.get(open.count.isMultiple(of: 2) ? "/quiet" : "/loud")
                        open.append(client)
                        if open.count.isMultiple(of: 3) { client.close() }
                        if open.count > 100 { open.removeFirst() }
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(300))
            await server.stop()
            try await storm.value
        }
    }

    @Test func `a stop may be hurried while it waits`() async throws {
        let started = Counter()
        let responder = ClosureResponder { _ in
            started.increment()
            try? await Task.sleep(for: .seconds(3_600))
            return Response(status: 200)
        }
        let server = makeServer(responder) { $0.drainLimit = .seconds(3_600) }
        let port = try server.start()
        let client = try await offPool {
            let client = try RawClient(port: port)
            try client.get("/")
            #expect(started.wait(for: 1))
            return Handed(client)
        }
        async let first: Void = server.stop()
        try await Task.sleep(for: .milliseconds(100))
        await server.stop(atOnce: true)
        await first
        let status = try await offPool { try client.value.reply().status }
        #expect(status == 503)
    }
}

/// Hands a value from one thread to the next.
private struct Handed<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
