package import HTTPTypes

/// One HTTP request, with its whole body (bounded by the server's limit) already received.
package struct Request: Sendable {
    /// Method as sent, except that HEAD arrives as GET: the server leaves the body of the reply out by itself.
    package var method: String
    /// Whether it was sent as HEAD.
    package var isHead: Bool
    /// Percent-decoded path, without the query.
    package var path: String
    /// Percent-decoded query items in the order they came.
    package var query: [(name: String, value: String)]
    package var headers: HTTPFields
    package var body: [UInt8]
    /// What the reply carries as `X-Request-Id`: the client's own if sane, else drawn by the server.
    package var requestID: String
    /// Raised when the server begins to stop. A responder that holds its reply, or a stream, for something that a
    /// stopping service will not do any more answers now rather than be cut off at the end.
    package var stopping: StopSignal
    /// Whether it came over this server's own TLS.
    package var isSecure: Bool
    /// What a wrapper found out about who sends it, for the responders behind; nil: nobody looked.
    package var sender: (any Sendable)?

    package init(
        method: String, isHead: Bool = false, path: String, query: [(name: String, value: String)] = [],
        headers: HTTPFields = [:],
        body: [UInt8] = [], requestID: String = "-", stopping: StopSignal = StopSignal(),
        isSecure: Bool = false
    ) {
        self.method = method
        self.isHead = isHead
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.requestID = requestID
        self.stopping = stopping
        self.isSecure = isSecure
    }
}
