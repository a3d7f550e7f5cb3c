package import HTTPServer
import HTTPTypes
package import Logging

/// Answers each request by the endpoint whose row it fits, if the caller may, and renders what an endpoint throws.
package struct Router: Responder {
    package let endpoints: [Endpoint]
    private let logger: Logger

    package init(_ endpoints: [Endpoint], logger: Logger) {
        self.endpoints = endpoints
        self.logger = logger
    }

    /// The template of the path, whatever the method; nil if there is none.
    func route(of request: Request) -> PathTemplate? {
        endpoints.first { $0.path.parameters(in: request.path) != nil }?.path
    }

    /// The methods that are for the path, as `Allow` says them.
    func methods(at path: String) -> String {
        Self.allowed(endpoints.filter { $0.path.parameters(in: path) != nil })
    }

    /// A refusal of a request that is not asked of its endpoint, in the form that the endpoint's clients read.
    func refuse(_ request: Request, _ problem: Problem) -> Response {
        let here = endpoints.filter { $0.path.parameters(in: request.path) != nil }
        let endpoint = here.first { $0.method.names.contains(request.method) } ?? here.first
        return (endpoint?.errors ?? .problemDocument).response(problem, to: request)
    }

    package func respond(to request: Request) async -> Response {
        let here = endpoints.compactMap { endpoint in
            endpoint.path.parameters(in: request.path).map { (endpoint, $0) }
        }
        if request.method == "OPTIONS", let response = options(of: request, here: here.map(\.0)) { return response }
        guard let (endpoint, parameters) = here.first(where: { $0.0.method.names.contains(request.method) }) else {
            let style = here.first?.0.errors ?? .problemDocument
            return style.response(refusal(of: request, here: here.map(\.0)), to: request)
        }
        do {
            if let scope = endpoint.scope { try request.require(scope) }
            try endpoint.requireKnownParameters(of: request)
            return try await endpoint.answer(request, parameters)
        } catch let problem as Problem {
            return endpoint.errors.response(problem, to: request)
        } catch {
            // What went wrong inside is for the log, not for the client.
            logger.error(
                "request failed",
                metadata: [
                    "method": "\(request.method)", "route": "\(endpoint.path)", "request": "\(request.requestID)",
                    "error": "\(error)",
                ])
            return endpoint.errors.response(Problem(inside: error), to: request)
        }
    }

    private func refusal(of request: Request, here: [Endpoint]) -> Problem {
        guard !here.isEmpty else {
            return Problem(
                .notFound,
                "nothing is at \(request.path.prefix(200)); \(PathHint(endpoints).text(for: request.path))")
        }
        let allowed = Self.allowed(here)
        return Problem(
            .methodNotAllowed,
            "\(request.method.prefix(20)) is not for \(request.path.prefix(200)), which takes \(allowed)",
            headers: [.allow: allowed])
    }

    /// What may be asked here (RFC 9110, section 9.3.7); nil where there is nothing.
    private func options(of request: Request, here: [Endpoint]) -> Response? {
        let endpoints = request.path == "*" ? self.endpoints : here
        guard !endpoints.isEmpty else { return nil }
        return Response(status: 204, headers: [.allow: Self.allowed(endpoints)])
    }

    /// Each method once, in the order of the table.
    private static func allowed(_ endpoints: [Endpoint]) -> String {
        var names: [String] = []
        for name in endpoints.flatMap(\.method.names) where !names.contains(name) { names.append(name) }
        return (names + ["OPTIONS"]).joined(separator: ", ")
    }
}
