import JSON

extension Operation {
    /// The operation object (OpenAPI 3.1, section 4.8.10).
    /// - Parameters:
    ///   - endpoint: the row that it describes.
    ///   - hasKeys: whether a key has to be shown where the row needs a scope.
    func json(of endpoint: Endpoint, hasKeys: Bool) -> JSONValue {
        .record([
            "operationId": .string(id),
            "tags": .array([.string(tag.rawValue)]),
            "summary": .string(summary),
            "description": description.map(JSONValue.string),
            "parameters": parameters.isEmpty ? nil : .array(parameters.map(\.json)),
            "requestBody": body.map { body in
                .record([
                    "required": .bool(true),
                    "content": .object([.init(name: bodyType.rawValue, value: .record(["schema": body.json]))]),
                ])
            },
            "security": (hasKeys ? endpoint.scope : nil).map { scope in
                .array([.record([OpenAPIDocument.keyScheme: .array([.string(scope.rawValue)])])])
            },
            "responses": responses(of: endpoint),
        ])
    }

    private func responses(of endpoint: Endpoint) -> JSONValue {
        let problems = Dictionary(grouping: problems(of: endpoint), by: errors.status)
        return .object(
            statuses(of: endpoint).sorted().map { status in
                let value: JSONValue
                if let reply = replies.first(where: { $0.status == status }) {
                    value = reply.json
                } else {
                    value = Self.refusal(status, problems[status] ?? [], errors)
                }
                return JSONValue.Member(name: "\(status)", value: value)
            })
    }

    private static func refusal(
        _ status: Int, _ kinds: [ProblemKind], _ errors: Endpoint.ErrorStyle
    ) -> JSONValue {
        var reasons = kinds.map { "`\($0.rawValue)`: \($0.title.lowercasedFirst)." }
        reasons += refusals.filter { $0.status == status }.map { "`about:blank`: \($0.reason.lowercasedFirst)." }
        let headers: [(name: String, description: String)] =
            switch status {
            case 401: [("WWW-Authenticate", "How to show a key (RFC 6750).")]
            case 429, 503: [("Retry-After", "Seconds after which it is worth another try")]
            default: []
            }
        // What the server refuses by itself is a problem document, whatever the endpoint's own errors are.
        var content = [JSONValue.Member]()
        for style in kinds.isEmpty ? [.problemDocument] : Set([errors, .problemDocument]).sorted() {
            content.append(
                .init(name: style.mediaType, value: .record(["schema": Schema.reference(style.schema).json])))
        }
        return .record([
            "description": .string(reasons.joined(separator: " ")),
            "headers": headers.isEmpty ? nil : Reply.headers(headers),
            "content": .object(content),
        ])
    }
}

extension Operation.Parameter {
    fileprivate var json: JSONValue {
        .record([
            "name": .string(name), "in": .string(place.rawValue), "description": .string(description),
            "required": .bool(place == .path), "schema": schema.json,
        ])
    }
}

extension Operation.Reply {
    fileprivate var json: JSONValue {
        let media = content.map { JSONValue.Member(name: $0.mediaType, value: .record(["schema": $0.schema.json])) }
        return .record([
            "description": .string(description),
            "headers": headers.isEmpty ? nil : Self.headers(headers),
            "content": content.isEmpty ? nil : .object(media),
        ])
    }

    fileprivate static func headers(_ fields: [(name: String, description: String)]) -> JSONValue {
        .object(
            fields.map { field in
                .init(
                    name: field.name,
                    value: .record([
                        "description": .string(field.description), "schema": Schema.string.json,
                    ]))
            })
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
