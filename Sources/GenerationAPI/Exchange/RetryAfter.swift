import HTTPTypes

/// When to come back, from a measured estimate.
enum RetryAfter {
    private static let seconds = 1...120
    private static let milliseconds = 100...120_000
    /// Before the first job is measured.
    private static let unmeasured = 5

    /// `Retry-After` for everybody, and `retry-after-ms` for the clients that read it; the latter only if something was
    /// measured.
    static func fields(_ estimate: Duration?) -> HTTPFields {
        var fields: HTTPFields = [.retryAfter: text(estimate)]
        if let estimate {
            let wait = (estimate / .milliseconds(1)).rounded(.up)
            fields[.retryAfterMilliseconds] = String(
                Int(min(max(wait, Double(milliseconds.lowerBound)), Double(milliseconds.upperBound))))
        }
        return fields
    }

    /// The same for a wait that is known, however long it is.
    static func fields(exactly wait: Duration) -> HTTPFields {
        let whole = (wait / .milliseconds(1)).rounded(.up)
        return [
            .retryAfter: String(max(1, Int((whole / 1000).rounded(.up)))),
            .retryAfterMilliseconds: String(max(milliseconds.lowerBound, Int(whole))),
        ]
    }

    /// Whole seconds.
    static func text(_ estimate: Duration?) -> String {
        guard let estimate else { return String(unmeasured) }
        let whole = estimate.components.seconds + (estimate.components.attoseconds > 0 ? 1 : 0)
        return String(min(max(Int(whole), seconds.lowerBound), seconds.upperBound))
    }
}
