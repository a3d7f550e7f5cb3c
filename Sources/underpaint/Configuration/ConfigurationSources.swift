/// What the files, the environment and the command line give, before any key has looked at it.
struct ConfigurationSources {
    /// The weakest first: the later one wins.
    let values: [SuppliedValue]
    /// What cannot be read at all.
    let mistakes: [ConfigurationError]

    /// - Parameters:
    ///   - files: YAML files, the strongest last.
    ///   - overrides: values given on the command line, by key path: `["http.port": "9000"]`.
    ///   - environment: `UNDERPAINT_HTTP_PORT` sets `http.port`; names without the prefix are ignored.
    init(files: [String], overrides: [String: String], environment: [String: String]) {
        var values: [SuppliedValue] = []
        var mistakes: [ConfigurationError] = []
        for file in files {
            do throws(ConfigurationError) {
                values += try ConfigurationFile(path: file).values
            } catch {
                mistakes.append(error)
            }
        }
        values += ConfigurationEnvironment(environment).values
        values += overrides.sorted { $0.key < $1.key }.map { path, text in
            SuppliedValue(path: path, content: .text(text), origin: .commandLine)
        }
        self.values = values
        self.mistakes = mistakes
    }
}
