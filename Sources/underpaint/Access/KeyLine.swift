import GenerationAPI

/// A key as a line of the file of keys.
struct KeyLine: CustomStringConvertible {
    let key: AccessKey
    /// As they were given: `500 GFLOP/s`.
    let rate: String?
    let burst: String?

    var description: String {
        // In the order of the declaration: the same key is the same line.
        let scopes = AccessScope.allCases.filter(key.scopes.contains).map(\.rawValue).joined(separator: ", ")
        var line = "- {name: \"\(key.name)\", sha256: \(key.digest), scopes: [\(scopes)]"
        if let rate { line += ", rate: \(rate)" }
        if let burst { line += ", burst: \(burst)" }
        if key.share != 1 { line += ", share: \(key.share)" }
        return line + "}"
    }
}
