/// When to come back: whole seconds from a measured estimate.
enum RetryAfter {
    private static let seconds = 1...120
    /// Before the first job is measured.
    private static let unmeasured = 5

    static func text(_ estimate: Duration?) -> String {
        guard let estimate else { return String(unmeasured) }
        let whole = estimate.components.seconds + (estimate.components.attoseconds > 0 ? 1 : 0)
        return String(min(max(Int(whole), seconds.lowerBound), seconds.upperBound))
    }
}
