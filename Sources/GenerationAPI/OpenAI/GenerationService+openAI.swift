import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Logging

extension GenerationService {
    var openAIEndpoints: [Endpoint] {
        [
            Endpoint(.post, "/v1/images/generations", needs: .generate, errors: .openAI) { request, _ in
                try await generateImages(request)
            }
        ]
    }

    /// `POST /v1/images/generations`
    ///
    /// `Accept` is not looked at: the clients send the same for a stream and for a reply.
    private func generateImages(_ request: Request) async throws -> Response {
        do {
            try requireReady()
            try MediaType.requireJSON(of: request)
            let (order, generation) = try readOrder(request.body)
            let job = try await enqueue(generation, from: request).snapshot
            guard let model = models.first(where: { $0.name == job.job.request.model }) else {
                throw Problem(.internalError, "model \(job.job.request.model) is not served")
            }
            let document = ImageDocument(request: job.job.request, model: model)
            let isShared = try JobSubmission.Idempotency(request) != nil
            return order.isStreamed
                ? await stream(order, job, document, isShared: isShared)
                : try await answer(order, job, document, request, isShared: isShared)
        } catch let problem as Problem {
            logRefusal(problem, of: request)
            throw problem
        }
    }

    private func readOrder(_ body: [UInt8]) throws(Problem) -> (ImageOrder, GenerationRequest) {
        let document: JSONValue
        do {
            document = try JSONParser.parse(body)
        } catch {
            throw Problem(.malformedJSON, "the body is not JSON: \(error.description)")
        }
        var (order, errors) = ImageOrder.read(document)
        var generation: GenerationRequest?
        do {
            generation = try order.resolve(models: models, limits: limits)
        } catch {
            errors.append(unlessReported: error)
        }
        if order.model(among: models) == nil, let unknown = errors.fields.first(where: { $0.pointer == "/model" }) {
            throw Problem(.notFound, unknown.detail, errors: FieldErrors([unknown]))
        }
        guard errors.isEmpty, let generation else { throw Problem(errors) }
        return (order, generation)
    }

    private func answer(
        _ order: ImageOrder, _ submitted: JobSnapshot, _ document: ImageDocument, _ request: Request,
        isShared: Bool
    ) async throws -> Response {
        let completion = try await waitForImages(submitted, isShared: isShared)
        let id = submitted.job.id
        var images: [JSONValue] = []
        for index in 0..<completion.images.count {
            switch order.delivery {
            case .url:
                let address = ServiceAddress(request).text + PathTemplate.image.path(id, index)
                images.append(.record(["url": .string(address)]))
            case .base64:
                let image = try require(await queue.image(id, index), "image \(index) of generation \(id)")
                images.append(.record(["b64_json": .base64(image.png)]))
            }
        }
        return .json(
            document.reply(images, created: completion.finishedAt),
            headers: [.cacheControl: "no-store", .location: PathTemplate.generation.path(id)])
    }

    private func stream(
        _ order: ImageOrder, _ submitted: JobSnapshot, _ document: ImageDocument, isShared: Bool
    ) async -> Response {
        let images = ImageStream(
            service: self, id: submitted.job.id, document: document, partialImageLimit: order.partialImageCount,
            isShared: isShared)
        // Of a client that is gone already nobody would ask for the stream.
        if Task.isCancelled { await images.giveUp() }
        let stream = ResponseStream { writer in try await images.send(to: writer) }
        return .events(stream)
    }

    /// Waits for the end of a job that only this reply would tell of: whoever cannot get the images any more, because
    /// the client is gone or the time is over, takes the job with it. These clients ask again by themselves, and their
    /// attempts must not pile up.
    private func waitForImages(_ submitted: JobSnapshot, isShared: Bool) async throws -> JobState.Completion {
        let id = submitted.job.id
        var seen = try require(await queue.waitUntilFinished(id, upTo: limits.maximumWait), "generation \(id)")
        try requireRunnable(seen)
        if !seen.job.state.isFinished {
            let isGone = Task.isCancelled
            // Under its key it can be asked for again.
            guard !isShared else { throw tooSlow(seen) }
            seen = try require(await queue.cancel(id), "generation \(id)")
            if case .cancelled = seen.job.state {
                let reason = isGone ? "the client is gone" : "it took longer than the client may wait"
                logger.info("cancelled: \(reason)", metadata: seen.job.logMetadata)
                throw tooSlow(nil)
            }
        }
        return try requireCompleted(seen.job)
    }

    /// - Parameter seen: the job if it goes on, and the client may come back to it.
    private func tooSlow(_ seen: JobSnapshot?) -> Problem {
        let limit = "the images were not there within \(limits.maximumWait / .seconds(1)) s (api.max_wait_s)"
        guard let seen else {
            return Problem(
                .notFinished, limit + ", and the job was cancelled: with \"stream\": true there is no limit")
        }
        return Problem(
            .notFinished, limit + ": the job goes on, and the same Idempotency-Key finds it",
            headers: RetryAfter.fields(seen.estimatedTime))
    }

    /// - Throws: `Problem` for a job that ended without images.
    func requireCompleted(_ job: Job) throws(Problem) -> JobState.Completion {
        switch job.state {
        case .completed(let completion): return completion
        case .failed(let failure): throw Problem(.generationFailed, job.detail(of: failure))
        case .cancelled: throw Problem(.jobCancelled, "generation \(job.id) was cancelled")
        case .expired: throw Problem(.deadlineMissed, "generation \(job.id) did not start within its deadline")
        case .queued, .running: throw Problem(.notFinished, "generation \(job.id) is not finished")
        }
    }
}
