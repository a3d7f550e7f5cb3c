internal import CPostgreSQL

/// What the server or the way to it refuses.
struct PostgreSQLError: Error, CustomStringConvertible {
    /// Five characters (SQL standard and PostgreSQL, appendix A); nil where the server did not answer.
    let state: String?
    let message: String
    let isConnectionLost: Bool

    var description: String { state.map { "\(message) (SQLSTATE \($0))" } ?? message }

    /// Another transaction was in the way, and the same one may pass now; or it is one without prepared statements now.
    var isWorthAnotherTry: Bool { state == "40001" || state == "40P01" || isOfPrepared }

    /// A prepared statement is not there (26000), was there before (42P05), or means something else by now (0A000).
    var isOfPrepared: Bool { state == "26000" || state == "42P05" || state == "0A000" }

    /// For whoever asked the store.
    var storeError: JobStoreError {
        // 53100: disk_full.
        state == "53100" ? .storageFull(message) : .unavailable(description)
    }
}
