/// Why a health check fails.
enum HealthError: Error, Equatable, CustomStringConvertible {
    case badURL(String)
    case noPort
    /// The probe has no TLS.
    case encrypted
    case noReply(String, reason: String)
    /// - Parameter detail: what the service says about it.
    case unwell(String, status: Int, detail: String?)

    var description: String {
        switch self {
        case .badURL(let url): "--url must be like http://127.0.0.1:8080, not \(url)"
        case .noPort: "http.port is 0, so only the service's log tells its port: say it with --url"
        case .encrypted:
            "the service speaks TLS, which this command does not: give it a port for operators (admin.port)"
        case .noReply(let address, let reason): "\(address) does not answer: \(reason)"
        case .unwell(let address, let status, let detail):
            "\(address) is not well: status \(status)\(detail.map { ", \($0)" } ?? "")"
        }
    }
}
