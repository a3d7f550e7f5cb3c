import Foundation
import HTTPServer
import Testing

@Suite struct StreamStoppingTests {
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
