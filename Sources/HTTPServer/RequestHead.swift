/// A request before its body: what the server looks at to refuse it without any work.
struct RequestHead: Sendable {
    var method: String
    /// `HTTP/1.0` or `HTTP/1.x`.
    var version: String
    /// Raw request target.
    var target: [UInt8]
    var headers: HeaderFields
    /// Bytes of the request line and the header fields.
    var byteCount: Int

    /// Value of Content-Length, nil if there is no single valid one.
    private var contentLength: Int? {
        let declared = values("Content-Length")
        guard declared.count == 1, let text = declared.first,
            !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    /// Whether the client holds its body back until it is told to go on.
    var expectsContinue: Bool { headers["Expect"] != nil }

    /// Bytes that follow the header, nil if that is in doubt.
    var bodyByteCount: Int? {
        if headers["Transfer-Encoding"] != nil { return nil }
        return headers["Content-Length"] == nil ? 0 : contentLength
    }

    /// Why the request is refused, nil if it is not. What leaves the length of the message in doubt comes first, so that
    /// such a request never passes for a well-formed one of another length (request smuggling).
    func refusal(limits: ServerConfiguration) -> Refusal? {
        if byteCount > limits.headerByteLimit {
            return Refusal(
                status: 431, title: "Request Header Fields Too Large",
                detail: "Request line and header have \(byteCount) bytes, allowed are \(limits.headerByteLimit).")
        }
        if !Self.isToken(method) {
            return .badRequest("The method is not a token.", closesConnection: true)
        }
        if headers.contains(where: { !Self.isToken($0.name) || !Self.isFieldValue($0.value) }) {
            return .badRequest("A header field has an invalid name or value.", closesConnection: true)
        }
        if headers["Transfer-Encoding"] != nil {
            return Refusal(
                status: 501, title: "Not Implemented",
                detail: "Transfer codings are not supported; send the body with Content-Length.",
                closesConnection: true)
        }
        if headers["Content-Length"] != nil, contentLength == nil {
            return .badRequest("Content-Length is not one decimal number.", closesConnection: true)
        }
        if let contentLength, contentLength > limits.maximumBodyByteCount {
            return Refusal(
                status: 413, title: "Content Too Large",
                detail: "The body has \(contentLength) bytes, allowed are \(limits.maximumBodyByteCount).")
        }
        if contentLength == nil, ["POST", "PUT", "PATCH"].contains(method) {
            return Refusal(
                status: 411, title: "Length Required", detail: "\(method) needs Content-Length.",
                closesConnection: true)
        }
        let hostCount = values("Host").count
        if hostCount > 1 || hostCount == 0 && version != "HTTP/1.0" {
            return .badRequest("The request has \(hostCount) Host fields, needed is one.")
        }
        return nil
    }

    private func values(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// RFC 9110, section 5.5.
    private static func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }
    }

    /// RFC 9110, section 5.6.2. A space before the colon, which some servers forgive, ends here.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
