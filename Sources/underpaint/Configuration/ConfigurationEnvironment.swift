/// The values that environment variables give: `UNDERPAINT_HTTP_PORT` for `http.port`.
struct ConfigurationEnvironment {
    static let prefix = "UNDERPAINT_"
    /// The one variable of the prefix that is no key: the files to read where no `--config` is given, with colons between
    /// them; the later one wins.
    static let fileVariable = prefix + "CONFIG"

    let values: [SuppliedValue]

    /// - Parameter environment: names without the prefix are none of our business. A name with it that belongs to no
    ///   key is passed on under its own name, for the caller to refuse.
    init(_ environment: [String: String]) {
        let paths = Dictionary(
            uniqueKeysWithValues: ConfigurationKey.all.map { (Self.variable(for: $0.path), $0.path) })
        values = environment.sorted { $0.key < $1.key }.compactMap { name, text in
            guard name.hasPrefix(Self.prefix), name != Self.fileVariable, !Self.isServiceLink(name, text) else {
                return nil
            }
            return SuppliedValue(
                path: paths[name] ?? name, content: .text(text), origin: .environment(variable: name))
        }
    }

    /// The files that the environment names, the strongest last.
    static func files(_ environment: [String: String]) -> [String] {
        (environment[fileVariable] ?? "").split(separator: ":").map(String.init)
    }

    static func variable(for path: String) -> String {
        prefix + String(path.map { $0 == "." ? "_" : $0 }).uppercased()
    }

    /// Kubernetes tells each container the address of a service called `underpaint` in variables of this form.
    private static func isServiceLink(_ name: String, _ text: String) -> Bool {
        name.hasPrefix(prefix + "SERVICE_") || name.hasPrefix(prefix + "PORT_")
            || (name == prefix + "PORT" && text.contains("://"))
    }
}
