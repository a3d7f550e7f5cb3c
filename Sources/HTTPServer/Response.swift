/// One HTTP response with a whole body.
package struct Response: Sendable {
    /// 200...599; the server answers 500 in place of anything else.
    package var status: Int
    /// Fields to send. `Content-Length`, `Transfer-Encoding`, `Date` and `X-Request-Id` are the server's own: what a
    /// responder sets there is not sent.
    package var headers: HeaderFields
    /// Not sent in reply to HEAD, nor with 204 and 304.
    package var body: [UInt8]

    package init(status: Int, headers: HeaderFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What answers requests. Called on the cooperative pool; may suspend for as long as it needs, holding no thread.
///
/// The task is cancelled when nobody waits for the response any more: the client closed its connection (also only its
/// sending half), or the server stopped and the limit for draining has passed. What it returns then is not sent.
package protocol Responder: Sendable {
    func respond(to request: Request) async -> Response
}
