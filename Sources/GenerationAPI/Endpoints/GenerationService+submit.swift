import Generation
import HTTPServer
import HTTPTypes
import JSON
import JobQueue
import Logging

extension GenerationService {
    /// `POST /v1/generations`
    func submit(_ request: Request) async throws -> Response {
        let format: MediaType
        let submitted: SubmittedJob
        do {
            try requireReady()
            format = try MediaType.negotiate([.json, .png], for: request)
            try MediaType.requireJSON(of: request)
            submitted = try await enqueue(try readRequest(request.body, as: format), from: request)
        } catch let problem as Problem {
            logRefusal(problem, of: request)
            throw problem
        }
        let preference = WaitPreference(request, limit: limits.maximumWait)
        guard format == .png else { return try await answerWithJob(submitted, preference) }
        return try await answerWithImage(
            submitted.snapshot, preference, isShared: request.headers.contains(.idempotencyKey))
    }

    func logRefusal(_ problem: Problem, of request: Request) {
        logger.info(
            "refused",
            metadata: [
                "request_id": "\(request.requestID)", "problem": "\(problem.kind.rawValue)",
                "detail": "\(problem.detail)",
            ])
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

    func enqueue(_ request: GenerationRequest, from sender: Request) async throws -> SubmittedJob {
        let work = models.first { $0.name == request.model }?.work(request) ?? .zero
        if let limit = maximumWork[request.model], work > limit {
            throw Problem(tooMuch: work, limit: limit, model: request.model, try await queue.status())
        }
        let meter = sender.caller.meter
        let charge = try await charge(work, to: meter)
        var isTaken = false
        // What makes no new job costs nothing.
        defer { if let charge, !isTaken { meter?.giveBack(charge) } }
        do {
            let submitted = try await queue.submit(
                JobSubmission(
                    request, work: work, owner: sender.caller.owner, requestID: sender.requestID,
                    traceParent: TraceParent(sender.headers)?.description,
                    idempotency: try JobSubmission.Idempotency(sender)))
            isTaken = submitted.isNew
            return submitted
        } catch JobStoreError.idempotencyConflict(let key, _) {
            throw Problem(.idempotencyConflict, "the key \"\(key)\" was sent before, with another body")
        } catch JobStoreError.queueFull(let limit) {
            // A place is free when the next running job ends.
            let wait = try await queue.status().estimatedWait(workAhead: .zero)
            throw Problem(
                .queueFull, "\(limit) jobs are waiting, which is the limit",
                headers: RetryAfter.fields(wait))
        }
    }

    /// - Throws: `Problem` of kind `rateLimited`.
    private func charge(_ work: Work, to meter: WorkMeter?) async throws -> WorkMeter.Charge? {
        guard let meter else { return nil }
        return try meter.charge(work, try await queue.status())
    }

    private func answerWithJob(_ submitted: SubmittedJob, _ preference: WaitPreference?) async throws -> Response {
        var seen = submitted.snapshot
        let id = seen.job.id
        if let preference {
            seen = try require(await queue.waitUntilFinished(id, upTo: preference.duration), "generation \(id)")
            try requireRunnable(seen)
        }
        // A new job that nobody waits for is accepted, however soon it may be done.
        let isAnswer = seen.job.state.isFinished && (preference != nil || !submitted.isNew)
        var response = Response.json(JobDocument(snapshot: seen).json, status: isAnswer ? 200 : 202)
        response.headers[.location] = PathTemplate.generation.path(id)
        response.headers[.cacheControl] = "no-store"
        response.headers[.preferenceApplied] = preference?.applied
        return response
    }

    /// - Throws: `Problem` of kind `notReady` for a job that waits, and that this service will not run any more.
    func requireRunnable(_ seen: JobSnapshot) throws(Problem) {
        guard queue.isAbandoned(seen.job) else { return }
        let id = seen.job.id
        throw Problem(
            .notReady, "the service is stopping, and generation \(id) will not run: send it again",
            headers: [.retryAfter: Readiness.retryAfterStop, .location: PathTemplate.generation.path(id)])
    }

    /// - Parameter isShared: whether others may know the job, or the same client again.
    private func answerWithImage(
        _ submitted: JobSnapshot, _ preference: WaitPreference?, isShared: Bool
    ) async throws -> Response {
        let id = submitted.job.id
        let seen = try await waitForEnd(of: id, preference, isShared: isShared)
        let job = seen.job
        try requireCompleted(seen)
        let image = try require(await queue.image(id, 0), "image 0 of generation \(id)")
        var response = pngResponse(image)
        response.headers[.location] = PathTemplate.generation.path(id)
        response.headers[.seed] = String(image.facts.seed)
        response.headers[.serverTiming] = job.timings?.serverTiming
        response.headers[.preferenceApplied] = preference?.applied
        return response
    }

    /// Waits for a job whose image is the reply, or a part of it.
    ///
    /// - Parameters:
    ///   - preference: nil: as long as may be.
    ///   - isShared: whether others may know the job, or the same client again.
    /// - Throws: `Problem` of kind `notReady` where it will not run any more.
    func waitForEnd(of id: JobID, _ preference: WaitPreference?, isShared: Bool) async throws -> JobSnapshot {
        let limit = preference?.duration ?? limits.maximumWait
        var seen = try require(await queue.waitUntilFinished(id, upTo: limit), "generation \(id)")
        if Task.isCancelled, !isShared {
            // The client is gone, and only this reply would have told it the id: nobody can want the image.
            seen = try require(await queue.cancel(id), "generation \(id)")
            if case .cancelled = seen.job.state {
                logger.info("cancelled: the client is gone", metadata: seen.job.logMetadata)
            }
        }
        try requireRunnable(seen)
        return seen
    }

    /// - Throws: the `Problem` that a job is for who waits for its image, unless it is completed.
    func requireCompleted(_ seen: JobSnapshot) throws(Problem) {
        let id = seen.job.id
        let location = PathTemplate.generation.path(id)
        switch seen.job.state {
        case .completed: return
        case .failed(let failure):
            throw Problem(.generationFailed, seen.job.detail(of: failure), headers: [.location: location])
        case .cancelled:
            throw Problem(.jobCancelled, "generation \(id) was cancelled", headers: [.location: location])
        case .expired:
            throw Problem(
                .deadlineMissed, "generation \(id) did not start within its deadline",
                headers: [
                    .location: location, .retryAfter: RetryAfter.text(seen.status.estimatedWait(workAhead: .zero)),
                ])
        case .queued, .running:
            throw Problem(
                .notFinished, "generation \(id) goes on, and can be asked for at \(location)",
                headers: [.location: location, .retryAfter: RetryAfter.text(seen.estimatedTime)])
        }
    }
}
