import Foundation

extension ServiceConfiguration {
    /// Decodes the configuration: defaults, then the file, then the environment, then flags; the later one wins.
    ///
    /// Every source is checked whole, so a bad value is reported even where a stronger source overrides it.
    ///
    /// - Parameters:
    ///   - file: YAML file; nil: no file.
    ///   - overrides: values given on the command line, by key path: `["http.port": "9000"]`.
    ///   - environment: `UNDERPAINT_HTTP_PORT` sets `http.port`; names without the prefix are ignored.
    /// - Throws: the first unknown key, or value outside its key's type and range, by source in that order.
    static func load(
        file: String? = nil, overrides: [String: String] = [:],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> ServiceConfiguration {
        let sources = ConfigurationSources(
            files: file.map { [$0] } ?? [], overrides: overrides, environment: environment)
        return try ResolvedConfiguration(sources).configurationIfSound
    }
}
