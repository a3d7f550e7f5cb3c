import JSON

/// Why the service does not start with this configuration.
enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    case unreadableFile(path: String, reason: String)
    /// Not YAML, or not a mapping of sections.
    case malformedFile(path: String, reason: String)
    case unknownKey(String, origin: SuppliedValue.Origin)
    /// The value is not of the key's type or not in its range; `expectation` says what would be.
    case unacceptableValue(
        key: String, value: SuppliedValue.Content, expectation: String, origin: SuppliedValue.Origin)

    var description: String {
        switch self {
        case .unreadableFile(let path, let reason): "cannot read the configuration \(path): \(reason)"
        case .malformedFile(let path, let reason): "the configuration \(path) is malformed: \(reason)"
        case .unknownKey(let key, let origin):
            Self.unknown(key, origin)
        case .unacceptableValue(let key, let value, let expectation, let origin):
            "\(key) must be \(expectation), not \(value) (\(origin))"
        }
    }

    private static func unknown(_ key: String, _ origin: SuppliedValue.Origin) -> String {
        let paths = ConfigurationKey.all.map(\.path)
        guard case .environment(let variable) = origin else {
            let near = NearestNames.find(key, among: paths).prefix(1).map { "did you mean \($0)? " }.joined()
            return "unknown configuration key \(key) (\(origin)); \(near)\(knownKeys(near: key))"
        }
        let near = NearestNames.find(variable, among: paths.map(ConfigurationEnvironment.variable)).prefix(1)
            .map { "did you mean \($0)? " }.joined()
        // HTTP_PROT is of http, as far as anybody can tell.
        let rest = variable.dropFirst(ConfigurationEnvironment.prefix.count).lowercased()
        let section = paths.compactMap(ConfigurationKey.section).first { rest.hasPrefix($0 + "_") }
        let name = section.map { "\($0).\(rest.dropFirst($0.count + 1))" } ?? rest
        return "the environment variable \(variable) sets no configuration key; \(near)\(knownKeys(near: name))"
    }

    /// The keys of the same section if there is such a section, else the sections.
    private static func knownKeys(near key: String) -> String {
        let paths = ConfigurationKey.all.map(\.path)
        if let section = ConfigurationKey.section(of: key), ConfigurationKey.isSection(section) {
            return "\(section) has " + paths.filter { $0.hasPrefix(section + ".") }.joined(separator: ", ")
        }
        var names: [String] = []
        for path in paths {
            let name = ConfigurationKey.section(of: path) ?? path
            if !names.contains(name) { names.append(name) }
        }
        return "at the top there are " + names.joined(separator: ", ")
    }
}
