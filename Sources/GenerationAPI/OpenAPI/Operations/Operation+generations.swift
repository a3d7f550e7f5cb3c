import JSON

extension Operation {
    static let generations = [submit, list, show, delete, cancel, events, image]

    private static let submit = Operation(
        "submitGeneration", .post, "/v1/generations", .generations, "Submit a job.",
        description: "With `Accept: image/png` the reply is held until the image is there, and is the image itself.",
        parameters: [
            preferWait, idempotencyKey, traceParent,
        ],
        body: .reference("Submission"),
        replies: [
            Reply(
                200, "The finished job, or its image.",
                [("application/json", .reference("Job")), ("image/png", .png)],
                headers: [
                    ("Location", "Path of the job."), ("Preference-Applied", "How long the reply could be held."),
                    ("X-Seed", "Seed of the image that is the body."), ("Server-Timing", "Where the time went."),
                ]),
            .json(
                "The job, which goes on.", .reference("Job"), status: 202,
                headers: [
                    ("Location", "Path of the job."), ("Preference-Applied", "How long the reply could be held."),
                ]),
        ],
        problems: [
            .malformedJSON, .invalidRequest, .notFound, .notAcceptable, .jobCancelled, .expired, .unsupportedMediaType,
            .tooMuchWork, .idempotencyConflict, .queueFull, .rateLimited, .generationFailed, .notReady, .notFinished,
            .deadlineMissed,
        ])

    private static let show = Operation(
        "getGeneration", .get, .generation, .generations, "Show a job.", parameters: [id],
        replies: [.json("The job.", .reference("Job"))], problems: [.notFound, .notAcceptable, .expired])

    private static let list = Operation(
        "listGenerations", .get, "/v1/generations", .generations, "List the jobs, the newest first.",
        parameters: [
            Parameter("status", in: .query, .string.example(.string("queued,running")), "Only these, with commas."),
            Parameter("limit", in: .query, .integer(1...100), "Most jobs of one reply."),
            Parameter("cursor", in: .query, .string, "`next_cursor` of the reply before."),
        ],
        replies: [
            .json(
                "A page of the list.",
                .object([
                    ("object", .oneOf(["list"])), ("data", .array(of: .reference("Job"))),
                    ("next_cursor", Schema.string.nullable),
                ]))
        ],
        problems: [.invalidRequest, .notAcceptable])

    private static let delete = Operation(
        "deleteGeneration", .delete, .generation, .generations, "Cancel a job if need be, and forget it.",
        parameters: [id], replies: [Reply(204, "It is forgotten, with its images.")], problems: [.notFound, .expired])

    private static let events = Operation(
        "listenToGeneration", .get, .events, .generations, "Follow a job by server-sent events.",
        parameters: [id, Parameter("Last-Event-ID", in: .header, .string, "Last event that was seen.")],
        replies: [
            Reply(200, "The events, to the end of the job.", [("text/event-stream", .jobEvent)]),
            Reply(204, "The last event was seen: there are no more."),
        ],
        problems: [.notFound, .notAcceptable, .expired])

    private static let cancel = Operation(
        "cancelGeneration", .post, "/v1/generations/{id}/cancel", .generations, "Cancel a job.",
        description: "A finished job stays as it is. It may be sent as often as you like.", parameters: [id],
        replies: [.json("The job after that.", .reference("Job"))], problems: [.notFound, .notAcceptable, .expired])

    private static let image = Operation(
        "getGenerationImage", .get, .image, .generations, "Show an image of a job.",
        parameters: [
            id, Parameter("n", in: .path, .count, "Number of the image, from 0."),
            ifNoneMatch,
            Parameter(
                "Prefer", in: .header, .string.example(.string("wait=10")),
                "`wait=N` holds the reply up to N seconds, or until the image is there (RFC 7240)."),
        ],
        replies: [
            Reply(
                200, "The PNG, which never changes.", [("image/png", .png)],
                headers: [
                    ("ETag", "Strong; the SHA-256 of the bytes."), ("Cache-Control", "It may be kept."),
                ]),
            Reply(304, "The client has it.", headers: [("ETag", "As above.")]),
        ],
        problems: [.notFound, .notAcceptable, .expired])

    static let id = Parameter("id", in: .path, .reference("JobID"), "Name of the job.")

    static let ifNoneMatch = Parameter(
        "If-None-Match", in: .header, .string, "Entity tags that the client has.")

    static let preferWait = Parameter(
        "Prefer", in: .header, .string.example(.string("wait=10")),
        "`wait=N` holds the reply up to N seconds, or until the job is finished (RFC 7240).")

    static let idempotencyKey = Parameter(
        "Idempotency-Key", in: .header, .string, "A second sending with the same key gives the same job.")

    static let traceParent = Parameter(
        "traceparent", in: .header, .string, "Trace that the job is part of (W3C Trace Context); it is in the log.")
}
