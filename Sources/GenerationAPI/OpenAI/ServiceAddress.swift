import HTTPServer
import HTTPTypes

/// Where the client found the service: for addresses that other programs can open too.
struct ServiceAddress {
    /// `http://127.0.0.1:8080`; empty for a client that does not say whom it called.
    let text: String

    /// Nothing is believed here that does more than send the same client back to where it says it came from.
    init(_ request: Request) {
        guard let host = request.headers[.host], !host.isEmpty else {
            text = ""
            return
        }
        let isSecure =
            request.isSecure
            || request.headers.elements(of: .forwardedProto).first?.lowercased() == "https"
        text = (isSecure ? "https://" : "http://") + host
    }
}
