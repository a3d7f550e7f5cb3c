import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue

extension GenerationService {
    /// `POST /v1/generations`
    func submit(_ request: Request) async throws -> Response {
        try requireReady()
        let format = try MediaType.negotiate([.json, .png], for: request)
        try MediaType.requireJSON(of: request)
        let generation = try readRequest(request.body, as: format)
        let job = try await enqueue(generation)
        let preference = WaitPreference(request, limit: limits.maximumWait)
        switch format {
        case .json: return try await answerWithJob(job, preference, request.stopping)
        case .png: return try await answerWithImage(job, preference, request.stopping)
        }
    }

    private func readRequest(_ body: [UInt8], as format: MediaType) throws(Problem) -> GenerationRequest {
        let document: JSONValue
        do {
            document = try JSONParser.parse(body)
        } catch {
            throw Problem(.malformedJSON, error.description)
        }
        var (submission, errors) = GenerationSubmission.read(document)
        if format == .png, let count = submission.count, count != 1 {
            errors.append("/count", "must be 1 where the reply is the image itself (Accept: image/png), not \(count)")
        }
        var request: GenerationRequest?
        do {
            request = try submission.resolve(models: models, limits: limits)
        } catch {
            errors.append(unlessReported: error)
        }
        guard errors.isEmpty, let request else { throw Problem(errors) }
        return request
    }

    private func enqueue(_ request: GenerationRequest) async throws -> Job {
        do {
            return try await store.submit(request)
        } catch JobStoreError.queueFull(let limit) {
            // A place is free when the next running job ends.
            let wait = try await store.status().estimatedWait(imagesAhead: 0)
            throw Problem(
                .queueFull, "\(limit) jobs are waiting, which is the limit",
                headers: [.retryAfter: RetryAfter.text(wait)])
        }
    }

    private func answerWithJob(
        _ submitted: Job, _ preference: WaitPreference?, _ stopping: StopSignal
    ) async throws -> Response {
        var job = submitted
        if let preference {
            job = try await waitUntilFinished(job.id, upTo: preference.duration, unless: stopping)
        }
        var response = Response.json(try await document(of: job), status: job.state.isFinished ? 200 : 202)
        response.headers[.location] = PathTemplate.generation.path(job.id)
        response.headers[.cacheControl] = "no-store"
        response.headers[.preferenceApplied] = preference?.applied
        return response
    }

    private func answerWithImage(
        _ submitted: Job, _ preference: WaitPreference?, _ stopping: StopSignal
    ) async throws -> Response {
        let id = submitted.id
        let location = PathTemplate.generation.path(id)
        let limit = preference?.duration ?? limits.maximumWait
        var job = try await waitUntilFinished(id, upTo: limit, unless: stopping)
        if Task.isCancelled {
            // The client is gone, and only this reply would have told it the id: nobody can want the image.
            job = try require(await store.cancel(id), "generation \(id)")
        }
        switch job.state {
        case .completed:
            let image = try require(await store.image(id, 0), "image 0 of generation \(id)")
            var response = pngResponse(image)
            response.headers[.location] = location
            response.headers[.seed] = String(image.facts.seed)
            response.headers[.serverTiming] = job.timings?.serverTiming
            response.headers[.preferenceApplied] = preference?.applied
            return response
        case .failed(let failure):
            throw Problem(.generationFailed, failure.reason.description, headers: [.location: location])
        case .cancelled:
            throw Problem(.jobCancelled, "generation \(id) was cancelled", headers: [.location: location])
        case .expired:
            throw Problem(
                .deadlineMissed, "generation \(id) did not start within its deadline",
                headers: [.location: location, .retryAfter: RetryAfter.text(try await estimatedWait(for: id))])
        case .queued, .running:
            throw Problem(
                .notFinished, "generation \(id) goes on, and can be asked for at \(location)",
                headers: [.location: location, .retryAfter: RetryAfter.text(try await estimatedWait(for: id))])
        }
    }

    /// The job when it is finished, or as it is after the time.
    ///
    /// - Throws: `Problem` of kind `notReady` if the service begins to stop and the job has not begun: nobody here will
    ///   begin it, so there is nothing to wait for.
    private func waitUntilFinished(
        _ id: JobID, upTo limit: Duration, unless stopping: StopSignal
    ) async throws -> Job {
        let (store, name) = (store, "generation \(id)")
        return try await withThrowingTaskGroup(of: Lookup<Job>?.self) { group in
            group.addTask { try await store.waitUntilFinished(id, upTo: limit) }
            group.addTask {
                await stopping.wait()
                return nil
            }
            defer { group.cancelAll() }
            while let first = try await group.next() {
                if let first { return try require(first, name) }
                let job = try require(await store.job(id), name)
                if stopping.isRaised, case .queued = job.state {
                    throw Problem(
                        .notReady, "the service is stopping, and \(name) has not begun",
                        headers: [.location: PathTemplate.generation.path(id), .retryAfter: Self.retryAfterStop])
                }
            }
            return try require(await store.job(id), name)
        }
    }

    /// Time until the job starts if it is queued; else until a worker is free.
    private func estimatedWait(for id: JobID) async throws -> Duration? {
        let imagesAhead = try await store.position(of: id)?.imagesAhead ?? 0
        return try await store.status().estimatedWait(imagesAhead: imagesAhead)
    }
}
