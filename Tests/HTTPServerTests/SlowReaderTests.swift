import Foundation
import HTTPServer
import Testing

@Suite struct SlowReaderTests {
    @Test func `clients that do not read their replies do not keep a new client out`() async throws {
        // More than the system's buffers take.
        let long = [UInt8](repeating: 0, count: 16 << 20)
        let responder = ClosureResponder { request in
            Response(status: 200, body: request.path == "/long" ? long : [])
        }
        try await withServer(
            responder,
            adjust: {
                $0.connectionLimit = 8
                $0.idleTimeout = .seconds(600)
            }
        ) { port in
            let stalled = try (0..<8).map { _ in
                let client = try RawClient(port: port)
                try client.get("/long")
                return client
            }
            let late = try RawClient(port: port)
            try late.get("/healthz")
            #expect(try late.reply().status == 200)
            for client in stalled { client.close() }
        }
    }

    @Test func `a client that reads its reply slowly gets it whole while there are places`() async throws {
        let responder = ClosureResponder { _ in Response(status: 200, body: [UInt8](repeating: 0x61, count: 16 << 20)) }
        let text = try await withServer(responder, adjust: { $0.connectionLimit = 8 }) { port in
            let client = try RawClient(port: port)
            try client.get("/long")
            Thread.sleep(forTimeInterval: 3)
            return try client.reply().text
        }
        #expect(text.utf8.count == 16 << 20)
    }
}
