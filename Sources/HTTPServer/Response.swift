/// One HTTP response with a whole body.
package struct Response: Sendable {
    package var status: Int
    package var headers: HeaderFields
    package var body: [UInt8]

    package init(status: Int, headers: HeaderFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What answers requests. Called on the cooperative pool; may suspend for as long as it needs, holding no thread.
package protocol Responder: Sendable {
    func respond(to request: Request) async -> Response
}
