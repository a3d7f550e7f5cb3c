import JSON

/// What the contract says of one endpoint: the row beside its row in the table of endpoints.
struct Operation: Sendable {
    enum Place: String, Sendable { case path, query, header }

    struct Parameter: Sendable {
        let name: String
        let place: Place
        let schema: Schema
        let description: String

        init(_ name: String, in place: Place, _ schema: Schema, _ description: String) {
            self.name = name
            self.place = place
            self.schema = schema
            self.description = description
        }
    }

    /// What comes if nothing is wrong.
    struct Reply: Sendable {
        let status: Int
        let description: String
        /// By media type; empty where there is no body.
        let content: [(mediaType: String, schema: Schema)]
        /// Fields of the header, and what they say.
        let headers: [(name: String, description: String)]

        init(
            _ status: Int, _ description: String, _ content: [(mediaType: String, schema: Schema)] = [],
            headers: [(name: String, description: String)] = []
        ) {
            self.status = status
            self.description = description
            self.content = content
            self.headers = headers
        }

        /// A reply in JSON, of a schema among the components.
        static func json(
            _ description: String, _ schema: Schema, status: Int = 200,
            headers: [(name: String, description: String)] = []
        ) -> Reply {
            Reply(status, description, [("application/json", schema)], headers: headers)
        }
    }

    /// Name of the operation for programs that are made from the contract.
    let id: String
    let method: Endpoint.Method
    let path: PathTemplate
    let tag: Tag
    let summary: String
    var description: String?
    var parameters: [Parameter] = []
    /// Of a body; nil: it takes none.
    var body: Schema?
    var bodyType = MediaType.json
    let replies: [Reply]
    /// What can go wrong beside what can go wrong everywhere (`everywhere`).
    var problems: [ProblemKind] = []
    /// How its clients read errors: as its row in the table of endpoints says.
    var errors = Endpoint.ErrorStyle.problemDocument

    init(
        _ id: String, _ method: Endpoint.Method, _ path: PathTemplate, _ tag: Tag, _ summary: String,
        description: String? = nil, parameters: [Parameter] = [], body: Schema? = nil, bodyType: MediaType = .json,
        replies: [Reply],
        problems: [ProblemKind] = [], errors: Endpoint.ErrorStyle = .problemDocument
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.tag = tag
        self.summary = summary
        self.description = description
        self.parameters = parameters
        self.body = body
        self.bodyType = bodyType
        self.replies = replies
        self.problems = problems
        self.errors = errors
    }

    /// Groups of operations.
    enum Tag: String, Sendable, CaseIterable {
        case generations, images, models, service, admin, page

        var description: String {
            switch self {
            case .generations: "Jobs and their images."
            case .images: "What clients of OpenAI's image API ask, and whether an image is what its settings make."
            case .models: "What can be asked for."
            case .admin: "Steering: for operators, on their own port if there is one."
            case .service: "The instance: what it is, whether it works, what it measured."
            case .page: "The page for people."
            }
        }
    }
}

extension Operation {
    /// Every operation. The table of endpoints is tested against it: a new row there needs one here.
    static let all = generations + images + models + service + admin + page

    /// What any endpoint may answer.
    static let everywhere: [ProblemKind] = [.foreignHost, .internalError]
    /// What one may answer that needs a key.
    static let withKey: [ProblemKind] = [.unauthorized, .forbidden]
    /// What one may answer that changes something.
    static let withChange: [ProblemKind] = [.foreignOrigin]

    /// - Parameter endpoint: the row that this describes.
    func problems(of endpoint: Endpoint) -> [ProblemKind] {
        problems + Self.everywhere + (endpoint.scope == nil ? [] : Self.withKey)
            + (endpoint.method == .get ? [] : Self.withChange)
    }

    /// What the HTTP server refuses before any endpoint is asked; see `Server`.
    static let refusals: [(status: Int, reason: String)] = [
        (400, "The request is malformed as HTTP"), (408, "The request did not arrive in time"),
        (413, "The body is too large"), (431, "The header is too large"),
        (501, "The transfer coding is not known"), (503, "The service is stopping"),
    ]

    /// Statuses that the contract names.
    /// - Parameter endpoint: the row that this describes.
    func statuses(of endpoint: Endpoint) -> Set<Int> {
        Set(replies.map(\.status) + problems(of: endpoint).map(errors.status) + Self.refusals.map(\.status))
    }

    static func of(_ method: String, _ path: PathTemplate) -> Operation? {
        all.first { $0.path == path && $0.method.names.contains(method) }
    }
}
