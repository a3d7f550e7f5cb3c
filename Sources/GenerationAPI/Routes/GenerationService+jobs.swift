import Generation
import HTTPServer
import JobQueue
import Logging

extension GenerationService {
    /// `GET /v1/generations/{id}`
    func showJob(_ id: JobID, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        let seen = try require(await queue.job(id), "generation \(id)")
        return .json(JobDocument(snapshot: seen).json, headers: ["Cache-Control": "no-store"])
    }

    /// `POST /v1/generations/{id}/cancel`: also for a job that is finished, which it leaves as it is.
    func cancel(_ id: JobID, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.json], for: request)
        let seen = try require(await queue.cancel(id), "generation \(id)")
        if case .cancelled = seen.job.state { logger.info("cancelled", metadata: seen.job.logMetadata) }
        return .json(JobDocument(snapshot: seen).json, headers: ["Cache-Control": "no-store"])
    }

    /// `GET /v1/generations/{id}/images/{n}`
    func showImage(_ id: JobID, _ index: Int, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.png], for: request)
        let lookup = try await queue.image(id, index)
        if case .unknown = lookup, case .found(let snapshot) = try await queue.job(id) {
            let job = snapshot.job
            let count = job.request.count
            throw Problem(
                .notFound, "no image \(index) in generation \(id), which is \(job.state.status); it is for \(count)")
        }
        let image = try require(lookup, "generation \(id)")
        let tag = EntityTag(image.facts.sha256)
        var response = pngResponse(image)
        if tag.isKnown(to: request) {
            response.status = 304
            response.headers["Content-Type"] = nil
            response.body = []
        }
        return response
    }

    /// The PNG, which never changes under its address: only who knows the id may have it, but may keep it.
    func pngResponse(_ image: StoredImage) -> Response {
        Response(
            status: 200,
            headers: [
                "Content-Type": MediaType.png.rawValue,
                "ETag": EntityTag(image.facts.sha256).text,
                "Cache-Control": "private, max-age=31536000, immutable",
            ],
            body: image.png)
    }
}
