/// One HTTP request, with its whole body (bounded by the server's limit) already received.
package struct Request: Sendable {
    /// Method as sent, except that HEAD arrives as GET: the server leaves the body of the reply out by itself.
    package var method: String
    /// Percent-decoded path, without the query.
    package var path: String
    /// Percent-decoded query items in the order they came.
    package var query: [(name: String, value: String)]
    package var headers: HeaderFields
    package var body: [UInt8]
    /// What the reply carries as `X-Request-Id`: the client's own if sane, else drawn by the server.
    package var requestID: String

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [], headers: HeaderFields = [:],
        body: [UInt8] = [], requestID: String = "-"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.requestID = requestID
    }
}
