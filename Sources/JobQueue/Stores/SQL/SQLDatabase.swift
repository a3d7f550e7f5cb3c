import FoundationEssentials

/// A database that keeps jobs: what `SQLJobStore` needs of SQLite and of PostgreSQL.
protocol SQLDatabase: Sendable {
    var dialect: SQLDialect { get }

    /// Runs the body between `begin` and `commit`, or `rollback` where it throws. It may run on any thread, and may block
    /// it: no thread of the cooperative pool.
    ///
    /// - Parameter takesTurns: whether it goes one after the other with all that do, of all processes.
    /// - Throws: `JobStoreError.unavailable`, `.storageFull`; what the body throws.
    func transaction<T: Sendable>(
        _ durability: Durability, takesTurns: Bool, _ body: @escaping @Sendable (any SQLSession) throws -> T
    ) async throws -> T
}

extension SQLDatabase {
    func transaction<T: Sendable>(
        _ durability: Durability, _ body: @escaping @Sendable (any SQLSession) throws -> T
    ) async throws -> T {
        try await transaction(durability, takesTurns: false, body)
    }
}

/// What of a transaction is left after a power failure. It is there after the death of this process either way.
enum Durability: Sendable {
    /// Nothing is written.
    case reading
    /// Everything, from the moment at which the commit returns.
    case full
    /// Perhaps not the last moments: for what is found out again where it is lost, a lease or a progress.
    case relaxed
}

/// One transaction.
protocol SQLSession {
    /// When it began, or its turn came, by the clock that all processes share.
    var now: Date { get }

    /// - Parameter sql: one statement, with parameters `$1`, `$2`, ...
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow]
}

extension SQLSession {
    @discardableResult
    func run(_ sql: String, _ values: SQLValue...) throws -> [SQLRow] { try run(sql, values) }
}

/// Where the languages of the databases differ.
struct SQLDialect: Sendable {
    /// After a `select` of rows that the transaction then changes.
    let lock: String
    /// The same, without those that another transaction holds.
    let lockSkipping: String
    /// A statement that answers 1 in one transaction at a time, for what one process does for all; nil where there is one.
    let takeKeeping: String?
}
