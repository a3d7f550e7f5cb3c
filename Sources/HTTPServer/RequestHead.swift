internal import HTTPTypes

/// A request before its body: what the server looks at to refuse it without any work.
struct RequestHead: Sendable {
    var method: String
    /// `HTTP/1.0` or `HTTP/1.x`.
    var version: String
    /// Raw request target.
    var target: [UInt8]
    var fields: [ReceivedField]
    /// Whether the fields account for every byte of the header, see `cmhd_header_is_plain`.
    var isPlain: Bool
    /// Bytes of the request line and the header fields.
    var byteCount: Int

    /// The fields whose name may be one; of a request that is not refused that is all of them.
    var headers: HTTPFields {
        HTTPFields(
            fields.compactMap { field in
                HTTPField.Name(field.name).map { HTTPField(name: $0, value: field.value) }
            })
    }

    /// Value of Content-Length, nil if there is no single valid one.
    private var contentLength: Int? {
        let declared = values("Content-Length")
        guard declared.count == 1, let text = declared.first,
            !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    /// Whether the client holds its body back until it is told to go on.
    var expectsContinue: Bool { !values("Expect").isEmpty }

    /// Whether the body comes in a transfer coding, so that its length shows only at its end.
    var isCoded: Bool { !values("Transfer-Encoding").isEmpty }

    /// Bytes that follow the header, nil if that is in doubt.
    var bodyByteCount: Int? {
        if isCoded { return nil }
        return values("Content-Length").isEmpty ? 0 : contentLength
    }

    /// Why the request is refused, nil if it is not. What leaves the length of the message in doubt comes first, so that
    /// such a request never passes for a well-formed one of another length (request smuggling).
    func refusal(limits: ServerConfiguration) -> Refusal? {
        if byteCount > limits.headerByteLimit {
            return Refusal(
                status: 431, title: "Request Header Fields Too Large",
                detail: "Request line and header have \(byteCount) bytes, allowed are \(limits.headerByteLimit).")
        }
        guard isPlain else {
            return .badRequest(
                "The header has a folded line, a line without a name, a NUL, a line end that is not CRLF, "
                    + "more than one space in the request line, or more than one empty line before it.",
                closesConnection: true)
        }
        if !target.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) {
            return .badRequest("The request target has a space or a control character.", closesConnection: true)
        }
        if HTTPRequest.Method(method) == nil {
            return .badRequest("The method is not a token.", closesConnection: true)
        }
        if fields.contains(where: { HTTPField.Name($0.name) == nil || !Self.isFieldValue($0.value) }) {
            return .badRequest("A header field has an invalid name or value.", closesConnection: true)
        }
        if let refusal = lengthRefusal(limits: limits) { return refusal }
        let hostCount = values("Host").count
        if hostCount > 1 || hostCount == 0 && version != "HTTP/1.0" {
            return .badRequest("The request has \(hostCount) Host fields, needed is one.")
        }
        return nil
    }

    private func lengthRefusal(limits: ServerConfiguration) -> Refusal? {
        let hasLength = !values("Content-Length").isEmpty
        if isCoded {
            // RFC 9112, sections 6.1 and 6.3: two lengths, or a coding where there is none, is an attack or an error.
            if hasLength || version == "HTTP/1.0" {
                return .badRequest(
                    "Transfer-Encoding beside Content-Length, or in HTTP/1.0, leaves the length in doubt.",
                    closesConnection: true)
            }
            guard values("Transfer-Encoding").map({ $0.lowercased() }) == ["chunked"] else {
                return Refusal(
                    status: 501, title: "Not Implemented", detail: "The only transfer coding is chunked.",
                    closesConnection: true)
            }
        }
        if hasLength, contentLength == nil {
            return .badRequest("Content-Length is not one decimal number.", closesConnection: true)
        }
        let limit = limits.bodyByteLimit(for: target)
        if let contentLength, contentLength > limit {
            return .tooLarge("The body has \(contentLength) bytes", limit: limit)
        }
        return nil
    }

    private func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// RFC 9110, section 5.5.
    private static func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }
    }
}
