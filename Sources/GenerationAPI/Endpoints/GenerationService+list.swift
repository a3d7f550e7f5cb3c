import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Logging

extension GenerationService {
    var listEndpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/generations", needs: .read) { request, _ in try await listJobs(request) },
            jobEndpoint(.delete, .generation, needs: .generate) { id, _, _ in try await delete(id) },
        ]
    }

    /// `GET /v1/generations`
    private func listJobs(_ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        var selection = try JobSelection(query: request.query)
        selection.owner = request.caller.sees
        let page = try await queue.list(selection)
        let list = JSONValue.list(page.jobs.map { JobDocument(snapshot: $0).json })
        return .json(
            list.adding(["next_cursor": page.next.map { .string($0.description) } ?? .null]),
            headers: [.cacheControl: "no-store"])
    }

    /// `DELETE /v1/generations/{id}`: whatever its state is.
    private func delete(_ id: JobID) async throws -> Response {
        let job = try require(await queue.delete(id), "generation \(id)")
        logger.info("deleted", metadata: job.logMetadata)
        return Response(status: 204)
    }
}

extension JobSelection {
    private static let limits = 1...100
    private static let defaultLimit = 20

    /// - Throws: `Problem` of kind `invalidRequest` that names all that is wrong; a pointer is a parameter's name.
    init(query: [(name: String, value: String)]) throws(Problem) {
        self.init(limit: Self.defaultLimit)
        var errors = FieldErrors()
        var names: Set<String> = []
        for (name, value) in query {
            let isNew = names.insert(name).inserted
            if !isNew { errors.append("/\(name.prefix(100))", "is given twice") }
            switch name {
            case "status":
                let given = value.split(separator: ",", omittingEmptySubsequences: false)
                let known: [JobState.Status] = given.compactMap { errors.checked(String($0), at: "/status") }
                statuses = Set(known)
            case "limit":
                guard let number = Int(value), String(number) == value else {
                    errors.append("/limit", "must be an integer, not \"\(value.prefix(100))\"")
                    continue
                }
                // A limit that is refused is not used.
                if Self.limits.contains(errors.checked(number, in: Self.limits, at: "/limit")) { limit = number }
            case "cursor":
                cursor = JobCursor(value)
                if cursor == nil {
                    errors.append("/cursor", "must be a `next_cursor` of this list, not \"\(value.prefix(100))\"")
                }
            default: errors.append("/\(name.prefix(100))", "is no parameter of this list", kind: .unknown)
            }
        }
        if !errors.isEmpty { throw Problem(errors) }
    }
}
