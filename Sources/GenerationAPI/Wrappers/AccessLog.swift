package import HTTPServer
import HTTPTypes
package import Logging

/// Writes one line for each request when its reply has ended: at info, and at debug for what machines ask all the time.
///
/// Behind `Authentication` the line has the name of the key. It has the path and no query: queries carry what is nobody else's business. What the server refuses before the API
/// sees it has a line of the server's, at debug.
package struct AccessLog: Responder {
    private let next: any Responder
    private let router: Router
    private let logger: Logger

    /// - Parameters:
    ///   - next: what answers.
    ///   - router: knows the routes.
    package init(_ next: any Responder, router: Router, logger: Logger) {
        self.next = next
        self.router = router
        self.logger = logger
    }

    /// Asked by probes and scrapers.
    private static let quietRoutes: Set<PathTemplate> = ["/healthz", "/readyz", "/metrics"]

    package func respond(to request: Request) async -> Response {
        let start = ContinuousClock.now
        let response = await next.respond(to: request)
        let level: Logger.Level = router.route(of: request).map(Self.quietRoutes.contains) ?? false ? .debug : .info
        let status = response.status
        // Nobody waits for the reply any more.
        let isAbandoned = Task.isCancelled
        let known = facts(of: request)
        return response.atEnd(of: request) { [logger] end in
            var facts = known
            facts["status"] = .stringConvertible(status)
            facts["bytes"] = .stringConvertible(end.byteCount)
            let milliseconds = (ContinuousClock.now - start) / .microseconds(1)
            facts["duration_ms"] = .stringConvertible(milliseconds.rounded() / 1000)
            if isAbandoned || !end.isWhole { facts["aborted"] = .stringConvertible(true) }
            logger.log(level: level, "request", metadata: facts)
        }
    }

    private func facts(of request: Request) -> Logger.Metadata {
        var facts: Logger.Metadata = [
            "method": "\(request.sentMethod.prefix(20))", "route": "\(router.routeName(of: request))",
            "path": "\(request.path.prefix(500))", "request_id": "\(request.requestID)",
        ]
        if let key = request.caller.keyName { facts["key"] = "\(key)" }
        if let trace = TraceParent(request.headers) { facts["traceparent"] = "\(trace)" }
        return facts
    }
}
