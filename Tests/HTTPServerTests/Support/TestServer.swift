import Foundation
import HTTPServer
import HTTPTypes
import Logging

/// A responder made of a closure.
struct ClosureResponder: Responder {
    let answer: @Sendable (Request) async -> Response

    func respond(to request: Request) async -> Response { await answer(request) }
}

/// Answers with what it understood of the request.
let echo = ClosureResponder { request in
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
    let text = "\(request.method) \(request.path) \(query) \(String(decoding: request.body, as: UTF8.self))"
    return Response(status: 200, headers: [.contentType: "text/plain"], body: Array(text.utf8))
}

/// Runs the client against a server on a free port, then stops the server.
/// - Parameter client: gets the port; runs on a thread of its own, so it may block.
func withServer<Result: Sendable>(
    _ responder: some Responder = echo, adjust: (inout ServerConfiguration) -> Void = { _ in },
    client: @escaping @Sendable (UInt16) throws -> Result
) async throws -> Result {
    let server = makeServer(responder, adjust: adjust)
    let port = try server.start()
    do {
        let result = try await offPool { try client(port) }
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}

func makeServer(_ responder: some Responder = echo, adjust: (inout ServerConfiguration) -> Void = { _ in }) -> Server {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.drainLimit = .seconds(10)
    adjust(&configuration)
    return Server(
        configuration: configuration, responder: responder,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
}

/// Runs blocking work on a thread of its own: the cooperative pool has as many threads as cores, and responders need
/// them.
func offPool<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
    }
}

/// A count that any thread may raise and look at.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }

    func increment() { lock.withLock { count += 1 } }

    /// Waits off the pool until the count is reached, 30 s at most.
    func wait(for target: Int) -> Bool {
        for _ in 0..<3_000 {
            if value >= target { return true }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return false
    }
}
