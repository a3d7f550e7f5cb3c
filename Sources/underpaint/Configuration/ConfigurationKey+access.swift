import GenerationAPI

extension ConfigurationKey {
    /// What stands for no value where a text is wanted.
    static let none = "none"

    static func boolean(_ path: String, _ field: WritableKeyPath<ServiceConfiguration, Bool>) -> Self {
        Self(path: path, expectation: "one of true, false", encode: { "\($0[keyPath: field])" }) {
            content, configuration in
            guard case .text(let text) = content, let value = Bool(text) else { return false }
            configuration[keyPath: field] = value
            return true
        }
    }

    static func pathOrNone(_ path: String, _ field: WritableKeyPath<ServiceConfiguration, String?>) -> Self {
        Self(path: path, expectation: "the path of a file, or \(none)", encode: { $0[keyPath: field] ?? none }) {
            content, configuration in
            guard let text = content.string, !text.isEmpty else { return false }
            configuration[keyPath: field] = text == none ? nil : text
            return true
        }
    }

    static var allowedHosts: Self {
        Self(
            path: "http.allowed_hosts", expectation: "names with commas between them, any, or \(automatic)",
            encode: { $0.access.allowedHosts?.text ?? automatic }
        ) {
            content, configuration in
            guard let text = content.string else { return false }
            switch text {
            case automatic: configuration.access.allowedHosts = nil
            case "any": configuration.access.allowedHosts = .any
            default:
                guard let rules = try? HostRules(items(text)) else { return false }
                configuration.access.allowedHosts = rules
            }
            return true
        }
    }

    static var allowedOrigins: Self {
        Self(
            path: "http.allowed_origins", expectation: "origins with commas between them, or \(none)",
            encode: { $0.access.allowedOrigins == .none ? none : $0.access.allowedOrigins.text }
        ) {
            content, configuration in
            guard let text = content.string, let origins = try? AllowedOrigins(text == none ? [] : items(text)) else {
                return false
            }
            configuration.access.allowedOrigins = origins
            return true
        }
    }

    private static func items(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
