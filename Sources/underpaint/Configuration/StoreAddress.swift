import JobQueue

/// Where the jobs are kept.
enum StoreAddress: Sendable, Equatable {
    /// In this process, and gone with it.
    case memory
    /// A file of this process; nil: `jobs.sqlite` in the state directory.
    case sqlite(path: String?)
    /// A database that several processes share: a URL or a connection string of libpq.
    case postgreSQL(String)

    /// nil for what is none of them.
    init?(_ text: String) {
        switch text {
        case "memory": self = .memory
        case "sqlite": self = .sqlite(path: nil)
        case _ where text.hasPrefix("sqlite:") && text.utf8.count > 7: self = .sqlite(path: String(text.dropFirst(7)))
        case _ where text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"): self = .postgreSQL(text)
        default: return nil
        }
    }

    /// As it is configured, without the password.
    var text: String {
        switch self {
        case .memory: "memory"
        case .sqlite(nil): "sqlite"
        case .sqlite(let path?): "sqlite:\(path)"
        case .postgreSQL(let address): Self.withoutPassword(address)
        }
    }

    /// A password stands before the host, or in the query.
    private static func withoutPassword(_ address: String) -> String {
        var address = address
        if let scheme = address.firstRange(of: "://"), let at = address[scheme.upperBound...].firstIndex(of: "@"),
            let colon = address[scheme.upperBound..<at].firstIndex(of: ":")
        {
            address = address[...colon] + "***" + address[at...]
        }
        return address.replacing(/([?&](?:ssl)?password=)[^&]*/) { "\($0.output.1)***" }
    }
}
