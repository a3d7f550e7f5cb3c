import JSON

extension Operation {
    static let openAI = [
        Operation(
            "createImages", .post, "/v1/images/generations", .generations,
            "Make images, as OpenAI's clients ask for them.",
            description: "The reply is held until the images are there. With `stream` it is server-sent events: "
                + "`image_generation.partial_image` up to `partial_images` times for each image, then "
                + "`image_generation.completed` for each. A client that leaves has its job cancelled.",
            body: .reference("ImageOrder"),
            replies: [
                Reply(
                    200, "The images, or the events of their making.",
                    [("application/json", .reference("ImagesReply")), ("text/event-stream", events)],
                    headers: [("Location", "Path of the job, except of a stream.")])
            ],
            problems: [
                .malformedJSON, .invalidRequest, .notFound, .expired, .unsupportedMediaType, .tooMuchWork,
                .idempotencyConflict,
                .queueFull, .generationFailed, .notReady, .notFinished, .deadlineMissed,
            ])
    ]

    private static let events = Schema(["description": .string("Server-sent events with an object as their data.")])
}
