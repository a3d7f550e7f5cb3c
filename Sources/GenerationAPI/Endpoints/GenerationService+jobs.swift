import Generation
import HTTPServer
import HTTPTypes
import JobQueue
import Logging

extension GenerationService {
    var generationEndpoints: [Endpoint] {
        [
            Endpoint(.post, "/v1/generations") { request, _ in try await submit(request) },
            Endpoint(.get, .generation) { request, path in try await showJob(path.job("id"), request) },
            Endpoint(.post, "/v1/generations/{id}/cancel") { request, path in
                try await cancel(path.job("id"), request)
            },
            Endpoint(.get, .image) { request, path in
                try await showImage(path.job("id"), path.number("n"), request)
            },
        ]
    }

    /// `GET /v1/generations/{id}`, held until the job is finished where the client prefers to wait.
    private func showJob(_ id: JobID, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        let preference = WaitPreference(request, limit: limits.maximumWait)
        let seen = try require(
            await queue.waitUntilFinished(id, upTo: preference?.duration ?? .zero), "generation \(id)")
        var response = Response.json(JobDocument(snapshot: seen).json, headers: [.cacheControl: "no-store"])
        response.headers[.preferenceApplied] = preference?.applied
        return response
    }

    /// `POST /v1/generations/{id}/cancel`: also for a job that is finished, which it leaves as it is.
    private func cancel(_ id: JobID, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        let seen = try require(await queue.cancel(id), "generation \(id)")
        if case .cancelled = seen.job.state { logger.info("cancelled", metadata: seen.job.logMetadata) }
        return .json(JobDocument(snapshot: seen).json, headers: [.cacheControl: "no-store"])
    }

    /// `GET /v1/generations/{id}/images/{n}`
    private func showImage(_ id: JobID, _ index: Int, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.png], for: request)
        let lookup = try await queue.image(id, index)
        if case .unknown = lookup, case .found(let snapshot) = try await queue.job(id) {
            let job = snapshot.job
            let count = job.request.count
            throw Problem(
                .notFound, "no image \(index) in generation \(id), which is \(job.state.status); it is for \(count)")
        }
        let image = try require(lookup, "generation \(id)")
        return pngResponse(image).unlessKnown(EntityTag(image.facts.sha256), to: request)
    }

    /// The PNG, which never changes under its address: only who knows the id may have it, but may keep it.
    func pngResponse(_ image: StoredImage) -> Response {
        .file(
            image.png, MediaType.png.rawValue, EntityTag(image.facts.sha256),
            headers: [.cacheControl: "private, max-age=31536000, immutable"])
    }
}

extension PathTemplate {
    static let generation: Self = "/v1/generations/{id}"
    static let image: Self = "/v1/generations/{id}/images/{n}"
}
