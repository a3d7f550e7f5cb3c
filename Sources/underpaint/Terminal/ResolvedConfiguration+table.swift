extension ResolvedConfiguration {
    /// One line for each key there is: its value and where that comes from.
    var table: String {
        let rows = ConfigurationKey.all.map { key in
            (
                path: key.path, text: Self.withoutPassword(key.text(in: configuration)),
                origin: origins[key.path].map { "\($0)" } ?? "default"
            )
        }
        // A long address does not push the places of all others to the right.
        let (widest, limit) = (rows.map(\.path.count).max() ?? 0, 32)
        let values = min(limit, rows.map(\.text.count).max() ?? 0)
        return rows.map { row in
            pad(row.path, to: widest) + "  " + pad(row.text, to: values) + "  " + row.origin
        }.joined(separator: "\n")
    }

    /// The password of an address is nobody's business: `postgres://underpaint:secret@db/underpaint`.
    private static func withoutPassword(_ text: String) -> String {
        text.replacing(/:\/\/([^:@\/]*):[^@\/]*@/) { "://\($0.1):***@" }
            .replacing(/password=[^ &]+/) { _ in "password=***" }
    }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
