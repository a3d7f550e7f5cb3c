package import HTTPServer
import JSON

/// One operation of the API: a row of the table that requests are routed by.
package struct Endpoint: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"

        /// What answers GET answers HEAD: the server sends the same without the body.
        var names: [String] { self == .get ? ["GET", "HEAD"] : [rawValue] }
    }

    /// How clients of the endpoint read errors.
    package enum ErrorStyle: Sendable {
        /// RFC 9457.
        case problemDocument
        /// `OpenAIError`.
        case openAI
    }

    package let method: Method
    package let path: PathTemplate
    /// What the caller's key must be for; nil: anybody may.
    package let scope: AccessScope?
    package let errors: ErrorStyle
    let answer: @Sendable (Request, PathParameters) async throws -> Response

    init(
        _ method: Method, _ path: PathTemplate, needs scope: AccessScope?, errors: ErrorStyle = .problemDocument,
        answer: @escaping @Sendable (Request, PathParameters) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.scope = scope
        self.errors = errors
        self.answer = answer
    }
}

extension Endpoint.ErrorStyle {
    func response(_ problem: Problem, to request: Request) -> Response {
        switch self {
        case .problemDocument: problem.response(instance: request.path)
        case .openAI: OpenAIError(problem).response(headers: problem.headers)
        }
    }
}
