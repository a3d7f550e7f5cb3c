import JSON

extension Operation {
    static let images = [
        Operation(
            "generateImages", .post, "/v1/images/generations", .images, "Generate images as OpenAI's clients ask.",
            description: "Errors are in OpenAI's form. `X-Should-Retry: false` where another try is of no use.",
            parameters: [idempotencyKey], body: .reference("ImageOrder"),
            replies: [
                Reply(
                    200, "The images, or with `stream` the events that bring them.",
                    [("application/json", .reference("ImageReply")), ("text/event-stream", .event)],
                    headers: [("Location", "Path of the job.")])
            ],
            problems: [
                .malformedJSON, .invalidRequest, .notFound, .jobCancelled, .expired, .unsupportedMediaType,
                .tooMuchWork, .idempotencyConflict, .queueFull, .rateLimited, .generationFailed, .notReady,
                .notFinished,
                .deadlineMissed,
            ],
            errors: .openAI),
        Operation(
            "verifyImage", .post, .verify, .images, "Make an image again from the settings in its PNG, and compare.",
            description: "The work is an ordinary job. With other weights than the image's nothing is made.",
            parameters: [
                Parameter(
                    "job", in: .query, .reference("JobID"),
                    "The job of a 202 before: its image is compared, no other made."),
                preferWait, idempotencyKey, traceParent,
            ],
            body: .png, bodyType: .png,
            replies: [
                .json("What came of it.", .reference("Verification")),
                .json(
                    "The job goes on: send the image to `again`.",
                    .object([("job", .reference("Job")), ("again", .string.described("Path and query."))]), status: 202,
                    headers: [
                        ("Location", "Path of the job."), ("Preference-Applied", "How long the reply could be held."),
                        ("Retry-After", "Seconds after which it is worth another try."),
                    ]),
            ],
            problems: [
                .damagedImage, .invalidRequest, .notFound, .notAcceptable, .jobCancelled, .expired,
                .unsupportedMediaType, .foreignImage, .tooMuchWork, .idempotencyConflict, .queueFull,
                .generationFailed, .notReady, .deadlineMissed,
            ]),
    ]
}
