import JSON

extension Operation {
    static let admin = [
        Operation(
            "showQueue", .get, "/v1/admin/queue", .admin, "Show who waits for how much.",
            replies: [.json("The queue at this moment.", .reference("QueueCensus"))], problems: [.notAcceptable]),
        steering("pauseQueue", "/v1/admin/pause", "Hand out no more jobs, to any worker; new ones are still taken."),
        steering("drainService", "/v1/admin/drain", "Take no more jobs and begin none, in this process."),
        steering("resumeQueue", "/v1/admin/resume", "End a pause, and the drain of this process."),
    ]

    private static func steering(_ id: String, _ path: PathTemplate, _ summary: String) -> Operation {
        Operation(
            id, .post, path, .admin, summary, description: "It may be sent as often as you like. Running jobs go on.",
            replies: [.json("The queue after that.", .reference("QueueCensus"))], problems: [.notAcceptable])
    }
}
