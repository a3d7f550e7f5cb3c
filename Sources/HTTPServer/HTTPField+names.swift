package import HTTPTypes

extension HTTPField.Name {
    /// The name under which one request is found again, see `Request.requestID`.
    package static let requestID = literal("X-Request-Id")

    /// What tells browsers to believe the `Content-Type` (Fetch standard).
    package static let contentTypeOptions = literal("X-Content-Type-Options")

    /// A name that is written in the source: whether it is one shows the first time it is used.
    package static func literal(_ text: StaticString) -> Self {
        guard let name = Self("\(text)") else { preconditionFailure("\(text) is no name of a header field") }
        return name
    }
}
