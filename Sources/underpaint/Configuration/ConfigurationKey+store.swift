extension ConfigurationKey {
    static var database: Self {
        Self(
            path: "store.database", expectation: "memory, sqlite, sqlite:PATH or postgres://...",
            encode: { $0.store.database.text }
        ) { content, configuration in
            guard let text = content.string, let address = StoreAddress(text) else { return false }
            configuration.store.database = address
            return true
        }
    }
}
