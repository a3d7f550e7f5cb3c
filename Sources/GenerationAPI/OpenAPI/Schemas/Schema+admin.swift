import JSON

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
                ("by_model", array(of: object([("model", string)] + states))),
            ])
    }
}
