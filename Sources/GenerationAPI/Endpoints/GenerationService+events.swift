import HTTPServer
import HTTPTypes
import JobQueue
import Logging

extension GenerationService {
    var eventEndpoints: [Endpoint] {
        [jobEndpoint(.get, .events, needs: .read) { id, request, _ in try await showEvents(id, request) }]
    }

    /// `GET /v1/generations/{id}/events`
    ///
    /// A slow listener misses what happens while it is busy, and never the last event. One that comes back after that is
    /// told by 204 that there is no more, which ends the attempts of a browser.
    private func showEvents(_ id: JobID, _ request: Request) async throws -> Response {
        _ = try MediaType.negotiate([.eventStream], for: request)
        let job = try require(await queue.job(id), "generation \(id)").job
        let lastSeen = EventID(request)
        if job.state.isFinished, lastSeen == EventID(job) { return Response(status: 204) }
        let feed = JobEventFeed(queue: queue, id: id, lastSeen: lastSeen)
        let stream = ResponseStream { [logger] writer in
            try await writer.write(ServerSentEvent.opening)
            do {
                for try await event in feed {
                    if event.isLast { return try await writer.write(event.bytes) }
                    try writer.offer(event.bytes)
                }
            } catch let error where !(error is CancellationError) {
                logger.error("events broken off", metadata: ["job": "\(id)", "error": "\(error)"])
                throw error
            }
        }
        return .events(stream)
    }
}

extension PathTemplate {
    static let events: Self = "/v1/generations/{id}/events"
}
