import ArgumentParser
import Foundation

/// The flags that every command shares: where the configuration is, and single values of it.
struct ConfigurationOptions: ParsableArguments {
    /// Read if it is there and `--config` names no other.
    private static let standardFile = "config/underpaint.yaml"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Configuration file (YAML).",
            discussion: """
                Without it: the files that \(ConfigurationEnvironment.fileVariable) names, with colons between them, the \
                later one wins; without that, config/underpaint.yaml where it exists.
                """),
        completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Override one configuration key: --set workers.threads=2", valueName: "key=value"))
    var set: [String] = []

    @Option(name: .long, help: "Directory of the models (models.directory).", completion: .directory)
    var models: String?

    @Option(name: .long, help: "\(ConfigurationKey.backends.alternatives) (compute.backend).")
    var backend: String?

    @Option(name: .long, help: "\(ConfigurationKey.precisions.alternatives) (compute.precision).")
    var precision: String?

    @Option(name: .long, parsing: .unconditional, help: "Threads per worker; 0: all cores (workers.threads).")
    var threads: Int?

    /// - Parameter overrides: by key path; stronger than the flags.
    /// - Throws: `ConfigurationError`, or a `ValidationError` for a malformed `--set`.
    func load(overrides: [String: String] = [:]) throws -> ServiceConfiguration {
        try ResolvedConfiguration(sources(overrides: overrides)).configurationIfSound
    }

    /// Everything that was given, with its places.
    ///
    /// - Parameter overrides: by key path; stronger than the flags.
    /// - Throws: a `ValidationError` for a malformed `--set`.
    func sources(overrides: [String: String] = [:]) throws -> ConfigurationSources {
        let stronger = overrides
        var overrides: [String: String] = [:]
        for assignment in set {
            guard let separator = assignment.firstIndex(of: "=") else {
                throw ValidationError("--set takes key=value, not \"\(assignment)\"")
            }
            overrides[String(assignment[..<separator])] = String(assignment[assignment.index(after: separator)...])
        }
        if let models { overrides["models.directory"] = models }
        if let backend { overrides["compute.backend"] = backend }
        if let precision { overrides["compute.precision"] = precision }
        if let threads { overrides["workers.threads"] = "\(threads)" }
        let environment = ProcessInfo.processInfo.environment
        return ConfigurationSources(
            files: files(environment), overrides: overrides.merging(stronger) { $1 }, environment: environment)
    }

    private func files(_ environment: [String: String]) -> [String] {
        if let config { return [config] }
        let named = ConfigurationEnvironment.files(environment)
        guard named.isEmpty else { return named }
        return FileManager.default.fileExists(atPath: Self.standardFile) ? [Self.standardFile] : []
    }
}
