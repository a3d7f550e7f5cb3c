/// Where pages may come from whose scripts use the service, beside its own.
package struct AllowedOrigins: Sendable, Equatable {
    private let origins: Set<String>

    /// None.
    package static let none = AllowedOrigins(origins: [])

    private init(origins: Set<String>) { self.origins = origins }

    /// - Parameter origins: as browsers write them: `https://example.org`, with a port where it is not the scheme's own.
    /// - Throws: `AccessFault.origin` for the first that is none. There is no origin for all.
    package init(_ origins: [String]) throws(AccessFault) {
        for origin in origins where Origin(origin)?.text != origin { throw .origin(origin) }
        self.origins = Set(origins)
    }

    /// As they are configured; empty for none.
    package var text: String { origins.sorted().joined(separator: ", ") }

    var isEmpty: Bool { origins.isEmpty }

    func contains(_ field: String) -> Bool { origins.contains(field) }
}

/// What is wrong with a setting of who may call.
package enum AccessFault: Error, Equatable, CustomStringConvertible {
    case host(String)
    case origin(String)

    package var description: String {
        switch self {
        case .host(let text): "\"\(text.prefix(100))\" is no host: images.example.org or images.example.org:8443"
        case .origin(let text): "\"\(text.prefix(100))\" is no origin: https://images.example.org, without a path"
        }
    }
}

/// The value of an `Origin` field (RFC 6454).
struct Origin: Sendable, Equatable {
    let scheme: String
    let authority: Authority

    /// nil for `null`, and for what is no origin of the web.
    init?(_ field: String) {
        guard let scheme = ["http", "https"].first(where: { field.hasPrefix($0 + "://") }),
            let authority = Authority(String(field.dropFirst(scheme.count + 3)))
        else { return nil }
        self.scheme = scheme
        self.authority = authority
    }

    /// As a browser writes it.
    var text: String {
        let host = authority.host.contains(":") ? "[\(authority.host)]" : authority.host
        return "\(scheme)://\(host)" + (port == ownPort ? "" : ":\(port)")
    }

    /// Whether a page of it was served by whoever is called like this. A proxy may have changed the scheme, not the name.
    /// - Parameter host: value of `Host`.
    func isOf(host: String) -> Bool {
        guard let called = Authority(host) else { return false }
        return called.host == authority.host && (called.port ?? ownPort) == port
    }

    private var ownPort: Int { scheme == "https" ? 443 : 80 }
    private var port: Int { authority.port ?? ownPort }
}
