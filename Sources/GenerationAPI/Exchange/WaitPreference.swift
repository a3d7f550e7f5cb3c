import HTTPServer
import HTTPTypes

/// How long the client would have its reply held: `Prefer: wait=N` (RFC 7240, section 4.3), in whole seconds.
struct WaitPreference {
    /// Already cut to the limit.
    let seconds: Int

    /// nil if there is no such preference, or one that makes no sense: those are ignored by the RFC.
    init?(_ request: Request, limit: Duration) {
        let preferences = request.headers.elements(of: .prefer).compactMap { $0.split(separator: ";").first }
        let waits = preferences.compactMap { preference -> Int? in
            let parts = preference.split(separator: "=", maxSplits: 1).map { $0.trimmingSpace.lowercased() }
            guard parts.count == 2, parts[0] == "wait" else { return nil }
            let digits = parts[1].filter { $0 != "\"" }
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
            // More digits than an integer holds are a long wait too.
            return Int(digits) ?? Int.max
        }
        guard let first = waits.first else { return nil }
        seconds = min(first, Int(limit.components.seconds))
    }

    /// Value of `Preference-Applied`.
    var applied: String { "wait=\(seconds)" }
    var duration: Duration { .seconds(seconds) }
}
