/// One HTTP request, with its whole body (bounded by the server's limit) already received.
package struct Request: Sendable {
    package var method: String
    /// Percent-decoded path, without the query.
    package var path: String
    /// Percent-decoded query items in the order they came.
    package var query: [(name: String, value: String)]
    package var headers: HeaderFields
    package var body: [UInt8]

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [], headers: HeaderFields = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}
