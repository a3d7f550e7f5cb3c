import Foundation
import HTTPServer
import Testing

@Suite struct LogTests {
    @Test func `clients that leave are one line together`() async throws {
        let log = RecordedLog()
        let cancelled = Counter()
        let started = Counter()
        let responder = ClosureResponder { _ in
            started.increment()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.increment() }
            return Response(status: 200)
        }
        let server = makeServer(responder, log: log)
        let port = try server.start()
        try await offPool {
            let clients = try (0..<50).map { _ in try RawClient(port: port) }
            for client in clients { try client.get("/") }
            #expect(started.wait(for: 50))
            for client in clients { client.close() }
            #expect(cancelled.wait(for: 50))
        }
        await server.stop()
        // A line for each ten seconds, should it take that long.
        let lines = log.lines.filter { $0.contains("left before") }
        #expect((1...3).contains(lines.count))
        #expect(log.lines.count <= 2 + 2 * lines.count)
        #expect(lines.compactMap { $0.split(separator: "count=").last.flatMap { Int($0) } }.reduce(0, +) == 50)
    }

    @Test func `that connections were closed for others is said, and not once for each`() async throws {
        let log = RecordedLog()
        let server = makeServer(log: log) { $0.connectionLimit = 32 }
        let port = try server.start()
        try await offPool {
            var idle: [RawClient] = []
            for _ in 0..<100 { idle.append(try RawClient(port: port)) }
            // Some time after the next look at all connections.
            Thread.sleep(forTimeInterval: 1.5)
            let client = try RawClient(port: port)
            try client.get("/")
            #expect(try client.reply().status == 200)
        }
        await server.stop()
        let lines = log.lines.filter { $0.hasPrefix("warning the limit of connections") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("limit=32") == true)
    }
}
