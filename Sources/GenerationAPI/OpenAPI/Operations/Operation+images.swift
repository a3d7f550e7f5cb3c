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
                .tooMuchWork, .idempotencyConflict, .queueFull, .rateLimited, .generationFailed, .notReady, .notFinished,
                .deadlineMissed,
            ],
            errors: .openAI)
    ]
}
