import FoundationEssentials
import Generation
import HTTPServer
import JSON
import JobQueue
import Logging

/// The images of one job as they come, in OpenAI's events. If only this stream tells of the job, the job ends with it.
struct ImageStream {
    let service: GenerationService
    let id: JobID
    let document: ImageDocument
    /// Of each image, at most.
    let partialImageLimit: Int
    /// Whether others may know the job, or the same client again.
    let isShared: Bool

    /// Writes the events to their end; what goes wrong is the last of them.
    ///
    /// - Throws: `CancellationError` if the client is gone.
    func send(to writer: ResponseWriter) async throws {
        do {
            let completion = try await sendPartialImages(to: writer)
            for index in completion.images.indices {
                let image = try service.require(
                    await service.queue.image(id, index), "image \(index) of generation \(id)")
                try await write(document.completed(image, at: completion.finishedAt), to: writer)
            }
        } catch {
            await giveUp()
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            try await write(event(for: error), to: writer)
        }
    }

    /// Returns when the job is completed.
    private func sendPartialImages(to writer: ResponseWriter) async throws -> JobState.Completion {
        var pace = PartialImagePace(limit: partialImageLimit)
        var last: Lookup<JobSnapshot> = .unknown
        for try await news in service.queue.history(of: id) {
            switch news {
            case .state(let seen): last = seen
            case .preview(let preview):
                guard let number = pace.number(of: preview) else { continue }
                try await write(document.partial(preview, number: number, at: Date()), to: writer)
            }
        }
        try Task.checkCancellation()
        let seen = try service.require(last, "generation \(id)")
        try service.requireRunnable(seen)
        return try service.requireCompleted(seen.job)
    }

    /// Nobody can get the images any more.
    func giveUp() async {
        guard !isShared, let seen = try? await service.queue.cancel(id).value, case .cancelled = seen.job.state else {
            return
        }
        service.logger.info("cancelled: its stream has ended", metadata: seen.job.logMetadata)
    }

    private func event(for error: any Error) -> JSONValue {
        let problem = error as? Problem ?? Problem(.internalError, "the service's log says more")
        service.logger.log(
            level: error is Problem ? .info : .error, "stream of images failed",
            metadata: ["job": "\(id)", "error": "\((error as? Problem)?.detail ?? "\(error)")"])
        return .record(["type": .string("error"), "error": OpenAIError(problem).json["error"]])
    }

    /// - Parameter event: its `type` is its name too.
    private func write(_ event: JSONValue, to writer: ResponseWriter) async throws {
        guard case .string(let name)? = event["type"] else { preconditionFailure("an event has a type: \(event)") }
        try await writer.write(ServerSentEvent(name: name, id: nil, data: event, isLast: false).bytes)
    }
}
