import HTTPServer
import HTTPTypes

/// What replies are made of.
enum MediaType: String {
    case json = "application/json"
    case png = "image/png"
    case eventStream = "text/event-stream"
    case html = "text/html"

    /// Picks from what can be sent what the client likes best (RFC 9110, section 12.5.1).
    ///
    /// - Parameter offers: in our order of preference, which decides between equals.
    /// - Throws: `Problem` of kind `notAcceptable`.
    static func negotiate(_ offers: [MediaType], for request: Request) throws(Problem) -> MediaType {
        let ranges = request.headers.elements(of: .accept).map(AcceptedRange.init)
        guard !ranges.isEmpty else { return offers[0] }
        var best: (type: MediaType, quality: Double)?
        for offer in offers {
            // The most specific range that covers a type speaks for it.
            let covering = ranges.filter { $0.covers(offer) }.max { $0.specificity < $1.specificity }
            let quality = covering?.quality ?? 0
            if quality > (best?.quality ?? 0) { best = (offer, quality) }
        }
        if let best { return best.type }
        throw Problem(.notAcceptable, "this can be had as " + offers.map(\.rawValue).joined(separator: " or "))
    }

    /// - Throws: `Problem` of kind `unsupportedMediaType` unless the request's body says that it is of this type.
    func require(of request: Request) throws(Problem) {
        let field = request.headers[.contentType]
        guard (field ?? "").split(separator: ";").first?.trimmingSpace.lowercased() == rawValue else {
            let found = field.map { "not \($0.prefix(100))" } ?? "and the request does not say what it is"
            throw Problem(.unsupportedMediaType, "the body must be \(rawValue), \(found)")
        }
    }

    /// - Throws: `Problem` of kind `unsupportedMediaType` unless the request's body says it is JSON in UTF-8.
    static func requireJSON(of request: Request) throws(Problem) {
        let field = request.headers[.contentType]
        let parts = (field ?? "").split(separator: ";").map { $0.trimmingSpace.lowercased() }
        let charsets = parts.dropFirst().filter { $0.hasPrefix("charset=") }
        let isUTF8 = charsets.allSatisfy { ["charset=utf-8", "charset=\"utf-8\""].contains($0) }
        guard parts.first == json.rawValue, isUTF8 else {
            let found = field.map { "not \($0.prefix(100))" } ?? "and the request does not say what it is"
            throw Problem(
                .unsupportedMediaType,
                "the body must be application/json in UTF-8, \(found): send the header Content-Type: application/json")
        }
    }
}

/// One element of an Accept field.
private struct AcceptedRange {
    private let type: Substring
    private let subtype: Substring
    let quality: Double

    init(_ element: String) {
        let parts = element.lowercased().split(separator: ";").map { $0.trimmingSpace }
        let names = (parts.first ?? "").split(separator: "/", maxSplits: 1)
        type = Substring(names.first ?? "")
        subtype = Substring(names.count > 1 ? names[1] : "")
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
        quality = min(1, max(0, weight ?? 1))
    }

    func covers(_ offer: MediaType) -> Bool {
        let names = offer.rawValue.split(separator: "/")
        return (type == "*" && subtype == "*") || (type == names[0] && (subtype == "*" || subtype == names[1]))
    }

    var specificity: Int { (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 1) }
}
