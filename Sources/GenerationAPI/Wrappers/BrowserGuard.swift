package import HTTPServer
import HTTPTypes

/// Stands between the service and pages of others that are open in a user's browser: they may not call it by a name of
/// their own, nor send anything that changes something, unless they are allowed to.
///
/// Programs that are no browsers send no `Origin`, and are not concerned.
package struct BrowserGuard: Responder {
    private let next: any Responder
    private let router: Router
    private let hosts: HostRules
    private let origins: AllowedOrigins

    /// - Parameters:
    ///   - next: what answers.
    ///   - router: knows the methods of a path, and how its clients read errors.
    package init(_ next: any Responder, router: Router, hosts: HostRules, origins: AllowedOrigins) {
        self.next = next
        self.router = router
        self.hosts = hosts
        self.origins = origins
    }

    package func respond(to request: Request) async -> Response {
        var response = await answer(request)
        // A cache must not give a reply for one origin to another.
        if !origins.isEmpty { response.headers.append(HTTPField(name: .vary, value: "Origin")) }
        guard let origin = request.headers[.origin], origins.contains(origin) else { return response }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = Self.exposedFields
        return response
    }

    private func answer(_ request: Request) async -> Response {
        if let host = request.headers[.host], !hosts.admits(host) {
            return router.refuse(
                request,
                Problem(.foreignHost, "the service is not called \"\(host.prefix(100))\" (http.allowed_hosts)"))
        }
        guard let field = request.headers[.origin] else { return await next.respond(to: request) }
        if request.method == "OPTIONS", request.headers.contains(.accessControlRequestMethod), origins.contains(field) {
            return answerPreflight(request)
        }
        guard isSafe(request) || isAllowed(field, request) else {
            return router.refuse(
                request,
                Problem(
                    .foreignOrigin,
                    "pages of \"\(field.prefix(100))\" may not send \(request.method.prefix(20)) (http.allowed_origins)"
                ))
        }
        return await next.respond(to: request)
    }

    /// What a method changes that is only said to look is our fault, and no page's.
    private func isSafe(_ request: Request) -> Bool { ["GET", "HEAD", "OPTIONS"].contains(request.method) }

    private func isAllowed(_ field: String, _ request: Request) -> Bool {
        if origins.contains(field) { return true }
        guard let origin = Origin(field), let host = request.headers[.host] else { return false }
        return origin.isOf(host: host)
    }

    /// Says to the browser of an allowed page what it may send. The keys of other requests are not asked for: a browser
    /// sends none with this question.
    private func answerPreflight(_ request: Request) -> Response {
        var response = Response(
            status: 204,
            headers: [
                .accessControlAllowMethods: router.methods(at: request.path),
                .accessControlMaxAge: "600",
            ])
        response.headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        return response
    }

    /// What a script may read beside what it may anyway.
    private static let exposedFields =
        "ETag, Location, Preference-Applied, Retry-After, retry-after-ms, Server-Timing, WWW-Authenticate, X-Request-Id, X-Seed"
}
