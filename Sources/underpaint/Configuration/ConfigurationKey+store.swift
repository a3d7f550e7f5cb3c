import JobQueue

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

    static var images: Self {
        Self(
            path: "store.images", expectation: "database, directory:PATH or s3://BUCKET/PREFIX",
            encode: { $0.store.images.text }
        ) { content, configuration in
            guard let images = content.string.flatMap(ImagesAddress.init) else { return false }
            configuration.store.images = images
            return true
        }
    }

    static var s3Endpoint: Self {
        Self(
            path: "store.s3_endpoint", expectation: "https://HOST, http://HOST, or \(none)",
            encode: { $0.store.s3Endpoint?.description ?? none }
        ) { content, configuration in
            guard let text = content.string else { return false }
            configuration.store.s3Endpoint = S3Bucket.Endpoint(text)
            return text == none || configuration.store.s3Endpoint != nil
        }
    }
}
