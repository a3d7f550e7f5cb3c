extension DecodingError {
    /// A value of the right type that cannot be: `reason` names it and its limit.
    package static func invalid(_ reason: String, _ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
    }
}
