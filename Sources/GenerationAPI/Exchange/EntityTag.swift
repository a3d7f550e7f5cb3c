import Generation
import HTTPServer
import HTTPTypes
import JobQueue

/// Strong entity tag: the hash of the bytes.
struct EntityTag {
    let text: String

    init(_ digest: SHA256Digest) {
        text = "\"\(digest)\""
    }

    /// Whether the client has this already (RFC 9110, section 13.1.2; the comparison is the weak one).
    func isKnown(to request: Request) -> Bool {
        request.headers.elements(of: .ifNoneMatch).contains { element in
            element == "*" || element == text || element == "W/" + text
        }
    }
}
