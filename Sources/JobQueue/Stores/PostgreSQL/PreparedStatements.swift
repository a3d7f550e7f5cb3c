internal import CPostgreSQL

/// Statements that the server has read and planned for a connection, so that it does so once for each and not each time.
struct PreparedStatements {
    private struct Key: Hashable {
        let sql: String
        let types: [Oid]
    }

    /// More texts than this program has; what comes after is sent as it is.
    private static let limit = 300

    private var names: [Key: String] = [:]
    private var isGivenUp = false

    /// The name that a statement has or is to get; nil: it is to be sent as it is.
    func statement(_ sql: String, _ types: [Oid]) -> (name: String, isThere: Bool)? {
        if isGivenUp { return nil }
        if let name = names[Key(sql: sql, types: types)] { return (name, true) }
        return names.count < Self.limit ? ("underpaint_\(names.count)", false) : nil
    }

    mutating func note(_ name: String, _ sql: String, _ types: [Oid]) { names[Key(sql: sql, types: types)] = name }

    /// What was prepared is not there any more, or was there before: a pooler gives transactions to connections as they come.
    mutating func giveUp() { isGivenUp = true }
}
