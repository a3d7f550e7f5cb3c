import FoundationEssentials
import Generation
import JSON
import JobQueue

/// A job as the API shows it.
struct JobDocument {
    let snapshot: JobSnapshot
    private var job: Job { snapshot.job }

    /// The same members in the same order for every job; `queue`, `progress`, `error` and `timings` only in the states
    /// that have them.
    var json: JSONValue {
        .record([
            "id": .string(job.id.description),
            "status": .string(job.state.status.rawValue),
            "model": .string(job.request.model),
            "class": .record(["id": .integer(job.request.classID), "name": .string(job.request.className)]),
            "created_at": Self.timestamp(job.createdAt),
            "started_at": job.state.startedAt.map(Self.timestamp) ?? .null,
            "finished_at": job.state.finishedAt.map(Self.timestamp) ?? .null,
            "queue": place,
            "progress": progress,
            "error": error,
            "attempts": .array(attempts),
            "images": .array(images),
            "timings": job.timings?.json,
            "settings": job.request.settingsJSON,
        ])
    }

    /// nil unless the job is queued.
    var place: JSONValue? {
        snapshot.place.map { place in
            .record([
                "position": .integer(place.position),
                "eta_ms": snapshot.estimatedWait.map(JSONValue.milliseconds) ?? .null,
            ])
        }
    }

    /// nil unless the job is running; null until its worker reports.
    var progress: JSONValue? {
        guard case .running(let run) = job.state else { return nil }
        guard let progress = run.progress else { return .null }
        return .record([
            "stage": .string(progress.stage.rawValue),
            "step": .integer(progress.step),
            "steps": .integer(progress.steps),
        ])
    }

    private var error: JSONValue? {
        guard case .failed(let failure) = job.state else { return nil }
        return .record(["detail": .string(job.detail(of: failure))])
    }

    /// All of them, and last the one that runs.
    private var attempts: [JSONValue] {
        let past = job.pastAttempts.map { attempt in
            Self.attempt(attempt.number, attempt.worker, attempt.startedAt, attempt.endedAt, attempt.end.rawValue)
        }
        guard case .running(let run) = job.state else { return past }
        return past + [Self.attempt(job.attempts, run.worker, run.startedAt, nil, job.state.status.rawValue)]
    }

    private static func attempt(
        _ number: Int, _ worker: WorkerID, _ start: Date, _ end: Date?, _ outcome: String
    ) -> JSONValue {
        .record([
            "number": .integer(number), "worker": .string(worker.description), "started_at": timestamp(start),
            "ended_at": end.map(timestamp) ?? .null, "outcome": .string(outcome),
        ])
    }

    private var images: [JSONValue] {
        guard case .completed(let completion) = job.state else { return [] }
        return completion.images.map { image in
            .record([
                "index": .integer(image.index),
                "seed": .integer(image.seed),
                "width": .integer(image.width),
                "height": .integer(image.height),
                "url": .string(PathTemplate.image.path(job.id, image.index)),
                "bytes": .integer(image.byteCount),
                "sha256": .string(image.sha256.description),
            ])
        }
    }

    /// RFC 3339, UTC, to the millisecond.
    private static func timestamp(_ date: Date) -> JSONValue {
        .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

extension Job {
    /// nil unless the job is completed.
    var timings: JobTimings? {
        guard case .completed(let completion) = state else { return nil }
        return JobTimings(
            queue: .seconds(completion.startedAt.timeIntervalSince(createdAt)), total: completion.total,
            stages: completion.stages)
    }
}
