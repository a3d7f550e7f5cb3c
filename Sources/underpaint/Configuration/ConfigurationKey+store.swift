extension ConfigurationKey {
    static var database: Self {
        Self(
            path: "store.database", expectation: "memory, sqlite, sqlite:PATH or postgres://HOST/NAME",
            encode: { $0.store.database.text }
        ) { content, configuration in
            guard let text = content.string, let address = StoreAddress(text) else { return false }
            configuration.store.database = address
            return true
        }
    }

    static var listen: Self {
        Self(
            path: "store.listen", expectation: "postgres://HOST/NAME, or \(none)",
            encode: { $0.store.listenAddress.map { StoreAddress.postgreSQL($0).text } ?? none }
        ) { content, configuration in
            switch (content.string, content.string.flatMap(StoreAddress.init)) {
            case (none, _): configuration.store.listenAddress = nil
            case (_, .postgreSQL(let address)): configuration.store.listenAddress = address
            default: return false
            }
            return true
        }
    }
}
