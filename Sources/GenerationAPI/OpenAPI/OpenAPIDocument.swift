package import Generation
import HTTPServer
import JSON

/// The contract of the API (OpenAPI 3.1): the table of endpoints with what `Operation.all` says of each row.
struct OpenAPIDocument {
    let endpoints: [Endpoint]
    let version: String
    let limits: APILimits
    /// Whether this instance has keys.
    let hasKeys: Bool

    var json: JSONValue {
        .record([
            "openapi": .string("3.1.1"),
            "info": .record([
                "title": .string("Underpaint"),
                "summary": .string("Class-conditional images from masked autoregressive models, on CPUs."),
                "description": .string(
                    "What answers GET answers HEAD, with the same header and no body. Every reply has `X-Request-Id`: "
                        + "the request's own if it is sane, else a new one."),
                "version": .string(version),
                "license": .record(["name": .string("Apache License 2.0"), "identifier": .string("Apache-2.0")]),
            ]),
            "servers": .array([.record(["url": .string("/")])]),
            "tags": .array(
                Operation.Tag.allCases.map { tag in
                    .record(["name": .string(tag.rawValue), "description": .string(tag.description)])
                }),
            "paths": .object(paths),
            "components": .record([
                "schemas": .object(Schema.components(limits).map { .init(name: $0.name, value: $0.schema.json) }),
                "securitySchemes": .record([
                    Self.keyScheme: .record([
                        "type": .string("http"), "scheme": .string("bearer"),
                        "description": .string("A key of this service (`up_...`). One without keys looks at none."),
                    ])
                ]),
            ]),
        ])
    }

    /// Name of the one way to show who calls.
    static let keyScheme = "key"

    /// In the order of the table, the methods of a path together.
    private var paths: [JSONValue.Member] {
        var paths: [JSONValue.Member] = []
        for endpoint in endpoints {
            // A test holds the two tables to each other; a running service shows what it knows.
            guard let operation = endpoint.operation else { continue }
            let member = JSONValue.Member(
                name: endpoint.method.rawValue.lowercased(), value: operation.json(of: endpoint, hasKeys: hasKeys))
            let path = endpoint.path.description
            if let index = paths.firstIndex(where: { $0.name == path }), case .object(let known) = paths[index].value {
                paths[index].value = .object(known + [member])
            } else {
                paths.append(.init(name: path, value: .object([member])))
            }
        }
        return paths
    }
}

extension Endpoint {
    /// What the contract says of it; nil: nothing.
    var operation: Operation? { Operation.all.first { $0.method == method && $0.path == path } }
}

extension Endpoint.ErrorStyle: Comparable {
    var mediaType: String {
        switch self {
        case .problemDocument: "application/problem+json"
        case .openAI: "application/json"
        }
    }

    /// Name among the components.
    var schema: String {
        switch self {
        case .problemDocument: "Problem"
        case .openAI: "OpenAIError"
        }
    }

    /// What a problem of this kind is answered with.
    func status(of kind: ProblemKind) -> Int {
        switch self {
        case .problemDocument: kind.status
        case .openAI: OpenAIError(Problem(kind, "")).status
        }
    }

    /// An order for documents: the same contract is the same bytes.
    package static func < (a: Self, b: Self) -> Bool { a.mediaType < b.mediaType }
}

extension [Endpoint] {
    /// This table and one row more, which shows the contract of all.
    /// - Parameter hasKeys: whether this instance wants keys.
    package func withContract(version: String, limits: APILimits, hasKeys: Bool) -> [Endpoint] {
        let all = self + [Endpoint(.get, .contract, needs: nil) { _, _ in Response(status: 500) }]
        let document = OpenAPIDocument(endpoints: all, version: version, limits: limits, hasKeys: hasKeys)
        // It never changes, and writing it takes milliseconds.
        let response = Response.json(document.json)
        return self + [
            Endpoint(.get, .contract, needs: nil) { request, _ in
                _ = try MediaType.negotiate([.json], for: request)
                return response
            }
        ]
    }
}

extension PathTemplate {
    static let contract: Self = "/openapi.json"
}
