/// By which names the service may be called.
///
/// A page of a stranger can have its own name point to this machine (DNS rebinding), and its scripts then talk to the
/// service as if it were their own. What they cannot change is that the browser sends that name as `Host`.
package struct HostRules: Sendable, Equatable {
    private enum Rule: Sendable, Equatable {
        case any
        case these([Authority])
    }

    private let rule: Rule

    /// By any name.
    package static let any = HostRules(rule: .any)
    /// By `localhost`, and by the addresses that only this machine has.
    package static let local = HostRules(rule: .these([]))

    private init(rule: Rule) { self.rule = rule }

    /// By these, and by those of `local`.
    /// - Parameter names: without a port: with any.
    /// - Throws: `AccessFault.host` for the first that is none.
    package init(_ names: [String]) throws(AccessFault) {
        var authorities: [Authority] = []
        for name in names {
            guard let authority = Authority(name) else { throw .host(name) }
            authorities.append(authority)
        }
        rule = .these(authorities)
    }

    /// As it is configured.
    package var text: String {
        switch rule {
        case .any: "any"
        case .these(let names):
            names.map { name in
                (name.host.contains(":") ? "[\(name.host)]" : name.host) + (name.port.map { ":\($0)" } ?? "")
            }.joined(separator: ", ")
        }
    }

    /// - Parameter field: value of `Host`.
    func admits(_ field: String) -> Bool {
        guard case .these(let names) = rule else { return true }
        guard let called = Authority(field) else { return false }
        return called.isLocal || names.contains { $0.host == called.host && ($0.port == nil || $0.port == called.port) }
    }
}
