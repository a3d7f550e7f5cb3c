internal import HTTPTypes

/// An answer that the server gives by itself, without asking the responder.
struct Refusal: Sendable {
    var status: Int
    /// The status in words (RFC 9457, section 4.2.1 wants it as the title of a problem without a type of its own).
    var title: String
    var detail: String
    /// Whether the connection cannot be used for another request, because nobody knows where that would begin.
    var closesConnection = false
    /// Seconds after which the client may try again.
    var retryAfter: Int?

    /// Problem document (RFC 9457).
    /// - Parameter target: raw target of the refused request; its path names the occurrence.
    func response(to target: [UInt8]) -> Response {
        // A target that is no URI reference cannot be an instance either.
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        let isPrintable = path.allSatisfy { (0x21...0x7e).contains($0) }
        let instance = isPrintable ? String(decoding: path.prefix(256), as: UTF8.self) : "/"
        let json =
            "{\"type\":\"about:blank\",\"title\":\(Self.quoted(title)),\"status\":\(status),"
            + "\"detail\":\(Self.quoted(detail)),\"instance\":\(Self.quoted(instance))}\n"
        var response = Response(
            status: status, headers: [.contentType: "application/problem+json"], body: Array(json.utf8))
        if closesConnection { response.headers[.connection] = "close" }
        if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }

    /// JSON string. Only text of this module and printable ASCII comes here, so two characters need an escape.
    private static func quoted(_ text: String) -> String {
        "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" } + "\""
    }
}

extension Refusal {
    static func badRequest(_ detail: String, closesConnection: Bool = false) -> Refusal {
        Refusal(status: 400, title: "Bad Request", detail: detail, closesConnection: closesConnection)
    }

    /// - Parameters:
    ///   - found: what the body has, as the beginning of a sentence.
    ///   - limit: bytes that are allowed.
    static func tooLarge(_ found: String, limit: Int) -> Refusal {
        Refusal(status: 413, title: "Content Too Large", detail: "\(found), allowed are \(limit).")
    }

    static let tooSlow = Refusal(
        status: 408, title: "Request Timeout", detail: "The request did not arrive in time.", closesConnection: true)

    static let stopping = Refusal(
        status: 503, title: "Service Unavailable", detail: "The server is stopping.", closesConnection: true,
        retryAfter: 1)
}

extension Refusal {
    /// A whole response for a connection that libmicrohttpd is not asked to answer on; it has to be closed after it.
    var wireBytes: [UInt8] {
        let body = response(to: []).body.bytes ?? []
        let head =
            "HTTP/1.1 \(status) \(title)\r\nContent-Type: application/problem+json\r\n"
            + "X-Content-Type-Options: nosniff\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + body
    }
}
