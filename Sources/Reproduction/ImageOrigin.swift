package import JSON

/// What computes images: the same request gives the same bytes where all of this is the same.
package struct ImageMaker: Sendable, Equatable {
    /// Of the program.
    package var version: String
    /// Name of the backend.
    package var engine: String
    /// Of the numbers that it multiplies.
    package var precision: String

    package init(version: String, engine: String, precision: String) {
        self.version = version
        self.engine = engine
        self.precision = precision
    }
}

/// What made one image: the program, and the model that it had.
package struct ImageOrigin: Sendable, Equatable {
    package var maker: ImageMaker
    /// SHA-256 of the model's weights, in hexadecimal.
    package var weights: String

    package init(maker: ImageMaker, weights: String) {
        self.maker = maker
        self.weights = weights
    }

    package var json: JSONValue {
        .record([
            "version": .string(maker.version), "engine": .string(maker.engine), "precision": .string(maker.precision),
            "weights": .string(weights),
        ])
    }

    /// nil for a document of another form.
    init?(_ json: JSONValue) {
        guard case .string(let version)? = json["version"], case .string(let engine)? = json["engine"],
            case .string(let precision)? = json["precision"], case .string(let weights)? = json["weights"]
        else { return nil }
        self.init(maker: ImageMaker(version: version, engine: engine, precision: precision), weights: weights)
    }
}
