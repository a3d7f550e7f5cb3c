internal import HTTPServer
package import HTTPTypes

extension HTTPField.Name {
    /// RFC 7240.
    package static let prefer = literal("Prefer")
    package static let preferenceApplied = literal("Preference-Applied")
    /// W3C Server Timing.
    package static let serverTiming = literal("Server-Timing")
    /// Seed of the image that is the body.
    package static let seed = literal("X-Seed")
    /// W3C Trace Context.
    package static let traceParent = literal("traceparent")
}
