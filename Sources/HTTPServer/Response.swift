package import HTTPTypes

/// One HTTP response.
package struct Response: Sendable {
    package enum Body: Sendable {
        /// All of it is there.
        case bytes([UInt8])
        /// It is made while it is sent.
        case stream(ResponseStream)

        /// nil if the body is a stream.
        package var bytes: [UInt8]? {
            switch self {
            case .bytes(let bytes): bytes
            case .stream: nil
            }
        }
    }

    /// 200...599; the server answers 500 in place of anything else.
    package var status: Int
    /// Fields to send. `Content-Length`, `Transfer-Encoding`, `Date` and `X-Request-Id` are the server's own: what a
    /// responder sets there is not sent.
    package var headers: HTTPFields
    /// Not sent in reply to HEAD, nor with 204 and 304; a 304 tells the length of it, so give it the body it is for.
    package var body: Body

    package init(status: Int, headers: HTTPFields = [:], body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package init(status: Int, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.init(status: status, headers: headers, body: .bytes(body))
    }
}

/// What answers requests. Called on the cooperative pool; may suspend for as long as it needs, holding no thread.
///
/// The task is cancelled when nobody waits for the response any more: the client is gone, or the server stopped and the
/// limit for draining has passed. What it returns then is not sent. A client that has only ended its sending half still
/// waits. One that is gone is told from it by an interim response that it does not take (RFC 9110, section 15.2), which
/// HTTP/1.0 does not have: there the end of sending counts as gone.
package protocol Responder: Sendable {
    func respond(to request: Request) async -> Response
}
