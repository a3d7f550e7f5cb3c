import JSON
import JobQueue

extension Schema {
    /// What `AdminService` shows of the queue.
    static var census: Schema {
        let amount = object([
            ("jobs", count), ("gflop", number), ("seconds", number.nullable.described("Of one worker, as measured.")),
        ])
        let states: [(name: String, schema: Schema)] = [("queued", amount), ("running", amount)]
        return object(
            [("paused", boolean), ("draining", boolean)] + states + [
                (
                    "by_key",
                    array(of: object([("key", string.nullable.described("null: sent without a key"))] + states))
                ),
                ("by_model", array(of: object([("model", string)] + states))), ("processes", array(of: process)),
            ])
    }

    /// One that was heard of in the last three leases.
    private static var process: Schema {
        object([
            ("id", string), ("kind", oneOf(ServiceProcess.Kind.allCases.map(\.rawValue))), ("host", string),
            ("version", string), ("workers", count), ("threads", count), ("seen_ms_ago", milliseconds),
            (
                "models",
                array(
                    of: object([
                        ("name", string), ("sha256", string.described("Of its weights; empty: not known.")),
                        ("agreed_sha256", string.described("Of the weights that count.")),
                        ("refused", boolean.described("Whether it may not run the model: it has other weights.")),
                    ]))
            ),
        ])
    }
}
