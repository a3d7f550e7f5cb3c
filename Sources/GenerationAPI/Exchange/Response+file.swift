import HTTPServer
import HTTPTypes

extension Response {
    /// Bytes that have a strong entity tag.
    ///
    /// - Parameter type: media type, with its parameters.
    static func file(_ bytes: [UInt8], _ type: String, _ tag: EntityTag, headers: HTTPFields = [:]) -> Response {
        var response = Response(status: 200, headers: headers, body: bytes)
        response.headers[.contentType] = type
        response.headers[.eTag] = tag.text
        return response
    }

    /// This to a client that does not have it; 304 to one that does (RFC 9110, section 13.1.2).
    func unlessKnown(_ tag: EntityTag, to request: Request) -> Response {
        guard tag.isKnown(to: request) else { return self }
        var response = self
        response.status = 304
        response.headers[.contentType] = nil
        return response
    }
}
