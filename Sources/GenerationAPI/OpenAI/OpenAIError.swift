import HTTPServer
import HTTPTypes
import JSON

/// A problem in the form that OpenAI's clients read: `{"error": {"message", "type", "param", "code"}}`.
struct OpenAIError: Equatable {
    let status: Int
    let message: String
    /// What kind of fault it is, in OpenAI's three words.
    let type: String
    /// The first bad field: `sampler.steps`; nil if it is no field's fault.
    let param: String?
    /// What a program branches on.
    let code: String
    /// false where the same request will fail again, or was answered for good: these clients retry 408, 409, 429 and
    /// every 5xx unless they are told.
    let mayRetry: Bool

    /// A message says so many faults at most.
    private static let faultLimit = 4

    init(_ problem: Problem) {
        // A conflict would be sent again.
        status = problem.kind.status == 409 ? 422 : problem.kind.status
        type =
            switch status {
            case 429: "rate_limit_error"
            case 403: "permission_error"
            case 500...: "server_error"
            default: "invalid_request_error"
            }
        param = problem.errors.fields.first?.name
        message = Self.message(of: problem)
        code = Self.code(of: problem)
        // Who is told when to come back may do so.
        mayRetry = problem.kind == .internalError || problem.headers.contains(.retryAfter)
    }

    var json: JSONValue {
        .record([
            "error": .record([
                "message": .string(message), "type": .string(type), "param": param.map(JSONValue.string) ?? .null,
                "code": .string(code),
            ])
        ])
    }

    /// - Parameter headers: of the problem.
    func response(headers: HTTPFields) -> Response {
        var response = Response.json(json, status: status, headers: headers)
        if !mayRetry { response.headers[.shouldRetry] = "false" }
        return response
    }

    private static func message(of problem: Problem) -> String {
        let faults = problem.errors.fields
        guard !faults.isEmpty else { return problem.detail }
        var texts = faults.prefix(faultLimit).map(\.sentence)
        if faults.count > faultLimit { texts.append("and \(faults.count - faultLimit) more") }
        return texts.joined(separator: "; ")
    }

    private static func code(of problem: Problem) -> String {
        switch problem.kind {
        case .queueFull, .rateLimited: return "rate_limit_exceeded"
        case .unauthorized: return "invalid_api_key"
        case .internalError: return "server_error"
        case .notFound where problem.errors.fields.first?.pointer == "/model": return "model_not_found"
        case .invalidRequest:
            switch problem.errors.fields.first?.kind {
            case .missing: return "missing_required_parameter"
            case .unknown: return "unknown_parameter"
            case .wrongType: return "invalid_type"
            case .badValue, nil: return "invalid_value"
            }
        default: return String(problem.kind.rawValue.map { $0 == "-" ? "_" : $0 })
        }
    }
}
