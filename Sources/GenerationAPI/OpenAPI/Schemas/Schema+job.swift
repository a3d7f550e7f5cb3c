import Generation
import JSON
import JobQueue
import Sampler

extension Schema {
    static let jobID = Schema(["type": .string("string"), "pattern": .string("^gen_[0-9a-hjkmnp-tv-z]{26}$")])

    static var job: Schema {
        object(
            [
                ("id", reference("JobID")), ("status", oneOf(JobState.Status.allCases.map(\.rawValue))),
                ("model", string), ("class", object([("id", count), ("name", string)])), ("created_at", time),
                ("started_at", time.nullable), ("finished_at", time.nullable),
                (
                    "queue",
                    object([("position", integer(1...100_000)), ("eta_ms", milliseconds.nullable)]).described(
                        "Only while it is queued.")
                ),
                ("progress", progress.nullable.described("Only while it runs; null until its worker reports.")),
                ("error", object([("detail", string)]).described("Only if it failed.")),
                ("attempts", array(of: attempt).described("Oldest first; of more than 16 the latest.")),
                ("images", array(of: reference("Image"))), ("timings", reference("Timings")),
                ("settings", reference("Settings")),
            ],
            required: [
                "id", "status", "model", "class", "created_at", "started_at", "finished_at", "attempts", "images",
                "settings",
            ])
    }

    /// One try of a worker at a job.
    private static var attempt: Schema {
        let outcomes = [JobState.Status.running.rawValue] + JobAttempt.End.allCases.map(\.rawValue)
        return object([
            ("number", count), ("worker", string), ("started_at", time), ("ended_at", time.nullable),
            ("outcome", oneOf(outcomes)),
        ])
    }

    private static var progress: Schema {
        object([
            ("stage", oneOf(["structure", "reconstruction", "decode", "encode"])), ("step", count), ("steps", count),
        ])
    }

    static var image: Schema {
        object([
            ("index", count), ("seed", integer(APILimits.seeds)), ("width", count), ("height", count),
            ("url", string.described("Path of the PNG.")), ("bytes", count), ("sha256", sha256),
        ])
    }

    static var timings: Schema {
        let counts = ["steps", "tokens", "diffusion_steps", "detail_tokens"].map { (name: $0, schema: count) }
        let times = ["encoder_ms", "decoder_ms", "diffusion_ms", "fts_ms"].map { (name: $0, schema: milliseconds) }
        let stages: [(name: String, schema: Schema)] = [
            ("name", oneOf(["structure", "reconstruction", "vae", "png"])), ("total_ms", milliseconds),
        ]
        return object(
            [
                ("queue_ms", milliseconds), ("total_ms", milliseconds),
                ("stages", array(of: object(stages + counts + times, required: ["name", "total_ms"]))),
            ], required: ["total_ms", "stages"])
    }

    /// Every value that was used, as it could be submitted again.
    static var settings: Schema {
        object([
            ("model", string), ("class", count),
            ("count", Schema(["type": .string("integer"), "minimum": .integer(1)])),
            ("seed", integer(APILimits.seeds)), ("guidance", number(APILimits.guidance)),
            ("guidance_schedule", oneOf(GuidanceSchedule.allCases.map(\.rawValue))),
            ("temperature", number(APILimits.temperature)), ("sampler", reference("Sampler")), ("metadata", boolean),
            ("previews", boolean),
            ("priority", integer(APILimits.priorities)),
            ("deadline_ms", integer(APILimits.deadlineMilliseconds).nullable),
        ])
    }
}
