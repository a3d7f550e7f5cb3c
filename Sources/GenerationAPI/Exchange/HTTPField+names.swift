internal import HTTPServer
package import HTTPTypes

extension HTTPField.Name {
    /// RFC 7240.
    package static let prefer = literal("Prefer")
    package static let preferenceApplied = literal("Preference-Applied")
    package static let idempotencyKey = literal("Idempotency-Key")
    /// What a listener that comes back has seen (HTML standard, server-sent events).
    package static let lastEventID = literal("Last-Event-ID")
    /// What nginx asks whether to buffer a reply.
    package static let acceleratorBuffering = literal("X-Accel-Buffering")
    /// W3C Server Timing.
    package static let serverTiming = literal("Server-Timing")
    /// Seed of the image that is the body.
    package static let seed = literal("X-Seed")
    /// What OpenAI's clients read before `Retry-After`.
    package static let retryAfterMilliseconds = literal("retry-after-ms")
    /// Overrules what OpenAI's clients would make of the status.
    package static let shouldRetry = literal("x-should-retry")
    package static let referrerPolicy = literal("Referrer-Policy")
    package static let host = literal("Host")
    /// How the client reached the proxy before the service.
    package static let forwardedProto = literal("X-Forwarded-Proto")
    /// W3C Trace Context.
    package static let traceParent = literal("traceparent")
}
