import Generation
import HTTPServer
import HTTPTypes
import JobQueue
import Logging

extension GenerationService {
    var generationEndpoints: [Endpoint] {
        [
            Endpoint(.post, "/v1/generations", needs: .generate) { request, _ in try await submit(request) },
            jobEndpoint(.get, .generation, needs: .read) { id, request, _ in try await showJob(id, request) },
            jobEndpoint(.post, "/v1/generations/{id}/cancel", needs: .generate) { id, request, _ in
                try await cancel(id, request)
            },
            jobEndpoint(.get, .image, needs: .read) { id, request, path in
                try await showImage(id, path.number("n"), request)
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

    /// `GET /v1/generations/{id}/images/{n}`, held until the image is there where the client prefers to wait.
    private func showImage(_ id: JobID, _ index: Int, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.png], for: request)
        let preference = WaitPreference(request, limit: limits.maximumWait)
        if let preference { _ = try await queue.waitUntilFinished(id, upTo: preference.duration) }
        let lookup = try await queue.image(id, index)
        if case .unknown = lookup, case .found(let seen) = try await queue.job(id) {
            throw noImage(index, of: seen)
        }
        let image = try require(lookup, "generation \(id)")
        var response = pngResponse(image)
        response.headers[.cacheControl] = "private, max-age=31536000, immutable"
        response.headers[.preferenceApplied] = preference?.applied
        return response.unlessKnown(EntityTag(image.facts.sha256), to: request)
    }

    /// Why the image is not there, and when it may be.
    private func noImage(_ index: Int, of seen: JobSnapshot) -> Problem {
        let (job, last) = (seen.job, seen.job.request.count - 1)
        let name = "image \(index) of generation \(job.id)"
        guard index <= last else {
            return Problem(
                .notFound, "there is no \(name), which has \(last == 0 ? "image 0 only" : "images 0 to \(last)")")
        }
        guard !job.state.isFinished else {
            return Problem(.notFound, "there is no \(name), which is \(job.state.status)")
        }
        return Problem(
            .notFound,
            "\(name) is not there yet: the job is \(job.state.status). With Prefer: wait=N the reply is held",
            headers: [.retryAfter: RetryAfter.text(seen.estimatedTime)])
    }

    /// The PNG. Under the address of an image it never changes: only who knows the id may have it, but may keep it.
    func pngResponse(_ image: StoredImage) -> Response {
        .file(
            image.png, MediaType.png.rawValue, EntityTag(image.facts.sha256), headers: [.cacheControl: "no-store"])
    }
}

extension PathTemplate {
    static let generation: Self = "/v1/generations/{id}"
    static let image: Self = "/v1/generations/{id}/images/{n}"
}
