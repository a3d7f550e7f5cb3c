package import HTTPServer
import HTTPTypes
import JobQueue

/// Finds out who sends a request, and says so in the request. It refuses nothing: whether the endpoint needs to know is in
/// the endpoint's row, which the router holds the caller to.
package struct Authentication: Responder {
    private let next: any Responder
    private let keys: KeyRing?
    private let guests: Caller

    /// - Parameters:
    ///   - next: what answers.
    ///   - keys: nil: there are none, and what is sent as one is not looked at.
    ///   - guests: what those may do who send no key.
    package init(_ next: any Responder, keys: KeyRing?, guests: Set<AccessScope>) {
        self.next = next
        self.keys = keys
        self.guests = Caller(keys == nil ? .anyone : .guest, owner: .anonymous, scopes: guests)
    }

    package func respond(to request: Request) async -> Response {
        var request = request
        request.sender = identify(request)
        return await next.respond(to: request)
    }

    private func identify(_ request: Request) -> Identification {
        let fields = request.headers[values: .authorization]
        guard let keys, let field = fields.first else { return .caller(guests) }
        guard fields.count == 1 else {
            return .refused(.needsKey("Authorization is given \(fields.count) times", error: "invalid_request"))
        }
        let parts = field.split(separator: " ", maxSplits: 1).map(\.trimmingSpace)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            return .refused(.needsKey("Authorization is not of the kind Bearer", error: "invalid_request"))
        }
        guard let caller = keys.caller(presenting: parts[1]) else {
            return .refused(.needsKey("the key is not known", error: "invalid_token"))
        }
        return .caller(caller)
    }
}
