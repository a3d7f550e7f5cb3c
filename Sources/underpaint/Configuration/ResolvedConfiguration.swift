/// What the sources make together, where each value comes from, and everything that is wrong.
struct ResolvedConfiguration {
    /// Sound only without mistakes.
    private(set) var configuration = ServiceConfiguration()
    /// By key path; a key that is not in it has its default.
    private(set) var origins: [String: SuppliedValue.Origin] = [:]
    /// In the order of the sources. A bad value is one even where a stronger source overrides it.
    private(set) var mistakes: [ConfigurationError]

    init(_ sources: ConfigurationSources) {
        mistakes = sources.mistakes
        let keys = ConfigurationKey.all
        for value in sources.values {
            guard let key = keys.first(where: { $0.path == value.path }) else {
                mistakes.append(.unknownKey(value.path, origin: value.origin))
                continue
            }
            do throws(ConfigurationError) {
                try key.apply(value, to: &configuration)
                origins[key.path] = value.origin
            } catch {
                mistakes.append(error)
            }
        }
    }

    /// - Throws: the first mistake.
    var configurationIfSound: ServiceConfiguration {
        get throws(ConfigurationError) {
            if let first = mistakes.first { throw first }
            return configuration
        }
    }
}
