package import HTTPServer
import HTTPTypes
import Telemetry

/// Measures each request, as OpenTelemetry's conventions for HTTP servers name it. A stream lasts until it ends.
///
/// What the server refuses before the API sees it is not measured.
package struct RequestMetrics: Responder {
    private let next: any Responder
    private let router: Router

    /// - Parameters:
    ///   - next: what answers.
    ///   - router: knows the routes by which requests are told apart.
    package init(_ next: any Responder, router: Router) {
        self.next = next
        self.router = router
    }

    package func respond(to request: Request) async -> Response {
        let start = ContinuousClock.now
        let response = await next.respond(to: request)
        let (method, route, status) = (Self.label(of: request), router.routeName(of: request), response.status)
        // A proxy in front may have the certificate.
        let scheme = request.isSecure ? "https" : "http"
        return response.atEnd(of: request) { _ in
            MetricFamily.requests.observe(
                ContinuousClock.now - start,
                [
                    "http_request_method": method, "http_route": route, "http_response_status_code": "\(status)",
                    "url_scheme": scheme,
                ])
        }
    }

    private static let methods: Set<String> = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
    ]

    /// Clients may send any token: a method that is none makes no series of its own.
    private static func label(of request: Request) -> String {
        methods.contains(request.sentMethod) ? request.sentMethod : "_OTHER"
    }
}

extension Request {
    /// The method as the client sent it.
    var sentMethod: String { isHead ? "HEAD" : method }
}

extension Router {
    /// The template of the path, or what is said in place of none.
    func routeName(of request: Request) -> String { route(of: request)?.description ?? "unmatched" }
}
