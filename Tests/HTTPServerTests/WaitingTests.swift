import HTTPServer
import Testing

@Suite struct WaitingTests {
    @Test func `two threads serve two hundred requests that wait at the same time`() async throws {
        let started = Counter()
        let responder = ClosureResponder { request in
            started.increment()
            // All of them wait together, or none is ever answered.
            while started.value < 200, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
            return Response(status: 200, body: Array(request.path.utf8))
        }
        try await withServer(responder, adjust: { $0.threadCount = 2 }) { port in
            let clients = try (0..<200).map { _ in try RawClient(port: port) }
            for (number, client) in clients.enumerated() { try client.get("/\(number)") }
            for (number, client) in clients.enumerated() { #expect(try client.reply().text == "/\(number)") }
        }
    }

    @Test func `responses that are ready at once and late ones do not get mixed up`() async throws {
        let responder = ClosureResponder { request in
            switch request.body.count % 3 {
            case 0: break
            case 1: await Task.yield()
            default: try? await Task.sleep(for: .milliseconds(1))
            }
            return Response(status: 200, body: request.body)
        }
        try await withServer(responder) { port in
            let clients = try (0..<20).map { _ in try RawClient(port: port) }
            for round in 0..<50 {
                for (number, client) in clients.enumerated() {
                    try client.post("/", "\(number):\(String(repeating: "x", count: round))")
                }
                for (number, client) in clients.enumerated() {
                    #expect(try client.reply().text == "\(number):\(String(repeating: "x", count: round))")
                }
            }
        }
    }
}
