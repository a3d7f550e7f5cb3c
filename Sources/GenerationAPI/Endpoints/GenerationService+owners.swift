import HTTPServer
import JobQueue

extension GenerationService {
    /// A row for one job, which is there for whoever may see it and for nobody else.
    func jobEndpoint(
        _ method: Endpoint.Method, _ path: PathTemplate, needs scope: AccessScope,
        answer: @escaping @Sendable (JobID, Request, PathParameters) async throws -> Response
    ) -> Endpoint {
        Endpoint(method, path, needs: scope) { request, path in
            let id = try path.job("id")
            try await requireVisible(id, to: request)
            return try await answer(id, request, path)
        }
    }

    /// What is not kept any more has no owner: that it was there may be known to whoever knows its id.
    ///
    /// - Throws: `Problem` of kind `notFound` for a job of others.
    func requireVisible(_ id: JobID, to request: Request) async throws {
        if case .found(let snapshot) = try await queue.job(id), !request.caller.maySee(snapshot.job) {
            throw Problem(.notFound, "there is no generation \(id)")
        }
    }
}
