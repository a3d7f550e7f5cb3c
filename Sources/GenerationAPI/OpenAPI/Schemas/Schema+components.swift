import Generation
import JSON

extension Schema {
    /// The schemas that have a name.
    static func components(_ limits: APILimits) -> [(name: String, schema: Schema)] {
        [
            ("Submission", submission(limits)), ("Sampler", sampler), ("JobID", jobID), ("Job", job), ("Image", image),
            ("Timings", timings), ("Settings", settings), ("Model", model), ("Class", modelClass),
            ("Capabilities", capabilities), ("Status", object([("status", string)])), ("Problem", problem),
            ("QueueCensus", census),
            ("ImageOrder", imageOrder(limits)), ("ImageReply", imageReply), ("OpenAIError", openAIError),
            ("Verification", verification),
        ]
    }

    /// A list in OpenAI's form.
    static func list(of element: Schema) -> Schema {
        object([("object", oneOf(["list"])), ("data", array(of: element))])
    }

    /// RFC 9457.
    private static var problem: Schema {
        let errors = array(
            of: object([
                ("pointer", string.described("JSON pointer to the field (RFC 6901).")), ("detail", string),
            ]))
        return object(
            [
                ("type", string.described("`urn:underpaint:problem:` and the kind, or `about:blank`.")),
                ("title", string), ("status", integer(400...599)), ("detail", string),
                ("instance", string.described("Path of the request.")), ("errors", errors),
            ], required: ["type", "title", "status", "detail"])
    }

    private static var capabilities: Schema {
        object([
            ("version", string), ("instance", string.described("New with every start.")),
            (
                "compute",
                object([
                    ("backend", string), ("precision", string),
                    ("fallback", string.nullable.described("Why it is not what was configured.")),
                    ("workers", count), ("threads_per_worker", count.described("The most that one job has.")),
                    (
                        "shares_cores",
                        boolean.described(
                            "Whether the jobs that run share the cores: one that runs alone has all its threads.")
                    ),
                ])
            ),
            (
                "limits", object([("count", count), ("wait_s", count), ("body_bytes", count), ("queued_jobs", count)])
            ),
            (
                "queue",
                object([
                    ("queued", count), ("running", count), ("gflop_ahead", number), ("gflop_per_s", number.nullable),
                ])
            ),
        ])
    }
}
