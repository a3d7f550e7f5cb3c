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

    /// The methods that are for the path.
    func methods(at path: String) -> [String] {
        endpoints.filter { $0.path.parameters(in: path) != nil }.flatMap(\.method.names)
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
        guard let (endpoint, parameters) = here.first(where: { $0.0.method.names.contains(request.method) }) else {
            let style = here.first?.0.errors ?? .problemDocument
            return style.response(refusal(of: request, here: here.map(\.0)), to: request)
        }
        do {
            if let scope = endpoint.scope { try request.require(scope) }
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
            return endpoint.errors.response(Problem(.internalError, "the service's log says more"), to: request)
        }
    }

    private func refusal(of request: Request, here: [Endpoint]) -> Problem {
        guard !here.isEmpty else { return .nothing(at: request.path) }
        return Problem(
            .methodNotAllowed, "\(request.method.prefix(20)) is not for \(request.path.prefix(200))",
            headers: [.allow: here.flatMap(\.method.names).joined(separator: ", ")])
    }
}

extension Problem {
    static func nothing(at path: String) -> Problem {
        Problem(.notFound, "nothing is at \(path.prefix(200))")
    }
}
