import HTTPServer
import HTTPTypes
import JSON

/// A refusal, as an RFC 9457 problem document.
struct Problem: Error {
    let kind: ProblemKind
    /// What is wrong in this case, with the offending value.
    let detail: String
    let errors: FieldErrors
    let headers: HTTPFields

    init(_ kind: ProblemKind, _ detail: String, errors: FieldErrors = .init(), headers: HTTPFields = [:]) {
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }

    /// - Parameter instance: path of the request.
    func response(instance: String) -> Response {
        let fields = errors.fields.map { error in
            JSONValue.record(["pointer": .string(error.pointer), "detail": .string(error.detail)])
        }
        let document = JSONValue.record([
            "type": .string("urn:underpaint:problem:" + kind.rawValue),
            "title": .string(kind.title),
            "status": .integer(kind.status),
            "detail": .string(detail),
            "instance": .string(instance),
            "errors": fields.isEmpty ? nil : .array(fields),
        ])
        var response = Response.json(document, status: kind.status)
        for field in headers { response.headers[field.name] = field.value }
        response.headers[.contentType] = "application/problem+json"
        return response
    }
}

extension Problem {
    /// A reply names so many bad fields at most: a body full of them must not become a reply many times its size.
    private static let errorLimit = 100
    private static let nameLimit = 8

    init(_ errors: FieldErrors) {
        self.init(
            .invalidRequest, Self.detail(of: errors.fields),
            errors: FieldErrors(Array(errors.fields.prefix(Self.errorLimit))))
    }

    /// The reason itself where there is one.
    private static func detail(of fields: [FieldErrors.FieldError]) -> String {
        guard fields.count != 1 else { return fields[0].sentence }
        if fields.count > errorLimit { return "\(fields.count) fields are invalid; these are the first \(errorLimit)" }
        let names = fields.prefix(nameLimit).compactMap(\.name).joined(separator: ", ")
        return "\(fields.count) fields are invalid: \(names)" + (fields.count > nameLimit ? ", ..." : "")
    }
}
