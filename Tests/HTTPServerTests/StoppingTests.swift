import Foundation
import HTTPServer
import Logging
import ServiceLifecycle
import Testing

@Suite struct StoppingTests {
    @Test func `stopping lets a request in flight finish and refuses new ones`() async throws {
        let started = Counter()
        let release = Counter()
        let responder = ClosureResponder { request in
            guard request.path == "/wait" else { return Response(status: 200) }
            started.increment()
            while release.value == 0, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
            return Response(status: 200, body: Array("finished".utf8))
        }
        let server = makeServer(responder) { $0.drainLimit = .seconds(60) }
        let port = try server.start()
        let stopped = Counter()
        try await offPool {
            let inFlight = try RawClient(port: port)
            let idle = try RawClient(port: port)
            try inFlight.get("/wait")
            #expect(started.wait(for: 1))

            Task {
                await server.stop()
                stopped.increment()
            }
            // The stop begins some time after this; until then the server answers.
            var refused: RawClient.Reply?
            for _ in 0..<500 where refused?.status != 503 {
                let client = try RawClient(port: port)
                try client.get("/new")
                refused = try client.reply()
            }
            #expect(refused?.status == 503)
            #expect(refused?.headers["retry-after"] != nil)
            #expect(refused?.headers["connection"] == "close")
            try idle.get("/idle")
            #expect(try idle.reply().status == 503)
            #expect(stopped.value == 0)

            release.increment()
            let reply = try inFlight.reply()
            #expect(reply.text == "finished")
            #expect(reply.headers["connection"] == "close")
            #expect(stopped.wait(for: 1))
            #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
        }
    }

    @Test func `a request that outlasts the drain limit gets 503 and its task is cancelled`() async throws {
        let started = Counter()
        let cancelled = Counter()
        let responder = ClosureResponder { _ in
            started.increment()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.increment() }
            return Response(status: 200)
        }
        let server = makeServer(responder) { $0.drainLimit = .milliseconds(200) }
        let port = try server.start()
        let clients = try await offPool {
            let clients = try (0..<10).map { _ in try RawClient(port: port) }
            for client in clients { try client.get("/") }
            #expect(started.wait(for: 10))
            return Sent(clients)
        }
        await server.stop()
        try await offPool {
            let statuses = try clients.value.map { try $0.reply().status }
            #expect(statuses == Array(repeating: 503, count: 10))
            #expect(cancelled.wait(for: 10))
        }
    }

    @Test func `stopping amid a storm of requests, answers and vanishing clients harms nothing`() async throws {
        for _ in 0..<5 {
            let responder = ClosureResponder { request in
                if request.path == "/late" { try? await Task.sleep(for: .milliseconds(5)) }
                return Response(status: 200, body: request.body)
            }
            let server = makeServer(responder) { $0.drainLimit = .zero }
            let port = try server.start()
            let storm = Task {
                try await offPool {
                    // Sending and connecting fail from the moment that the server has stopped.
                    while let clients = try? (0..<20).map({ _ in try RawClient(port: port) }) {
                        for (number, client) in clients.enumerated() {
                            try? number.isMultiple(of: 2) ? client.get("/late") : client.post("/", "body")
                            if number.isMultiple(of: 5) { client.close() }
                        }
                        for client in clients { _ = try? client.reply() }
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(100))
            await server.stop()
            try await storm.value
        }
    }

    @Test func `run serves until its task is cancelled`() async throws {
        let server = makeServer()
        let running = Task { try await server.run() }
        let port = try await server.boundPort()
        try await offPool {
            let client = try RawClient(port: port)
            try client.get("/")
            #expect(try client.reply().status == 200)
        }
        running.cancel()
        try await running.value
        #expect(throws: ServerError.stopped) { try server.start() }
        await #expect(throws: ServerError.stopped) { try await server.boundPort() }
    }

    @Test func `graceful shutdown of its service group stops the server, and the group ends`() async throws {
        let server = makeServer()
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: server)], logger: Logger(label: "test")))
        let running = Task { try await group.run() }
        let port = try await server.boundPort()
        await group.triggerGracefulShutdown()
        try await running.value
        await #expect(throws: RawClient.Failure.self) { try await offPool { _ = try RawClient(port: port) } }
    }

    @Test func `a port that is taken is named in the error`() async throws {
        let first = makeServer()
        let port = try first.start()
        let second = makeServer { $0.port = port }
        let error = #expect(throws: ServerError.self) { try second.start() }
        #expect(error?.description.contains("127.0.0.1 port \(port)") == true)
        #expect(error?.description.lowercased().contains("in use") == true)
        await first.stop()
    }

    @Test func `a setting out of its range is named in the error`() {
        let server = makeServer { $0.threadCount = 0 }
        #expect(throws: ServerError.invalidSetting(name: "threadCount", value: "0", allowed: "1...256")) {
            try server.start()
        }
    }

    @Test func `a host without an address is named in the error`() {
        let server = makeServer { $0.host = "no such host" }
        let error = #expect(throws: ServerError.self) { try server.start() }
        #expect(error?.description.contains("no such host") == true)
    }

    @Test func `an IPv6 server takes IPv4 clients too`() async throws {
        let status = try await withServer(adjust: { $0.host = "::" }) { port in
            let client = try RawClient(port: port)
            try client.get("/")
            return try client.reply().status
        }
        #expect(status == 200)
    }
}

/// Hands clients from one thread to the next.
private struct Sent: @unchecked Sendable {
    let value: [RawClient]

    init(_ value: [RawClient]) { self.value = value }
}
