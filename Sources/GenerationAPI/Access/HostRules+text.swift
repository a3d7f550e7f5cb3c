extension HostRules {
    /// As someone would have given them: `any`, or names with commas between them.
    package var text: String { names?.joined(separator: ", ") ?? "any" }
}

extension AllowedOrigins {
    /// As someone would have given them, with commas between them; nil: none.
    package var text: String? { isEmpty ? nil : sorted.joined(separator: ", ") }
}

extension Authority {
    /// `example.org:8080`, `[::1]`
    var text: String { (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "") }
}
