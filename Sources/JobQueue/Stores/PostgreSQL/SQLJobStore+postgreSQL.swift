package import FoundationEssentials

extension SQLJobStore {
    /// Jobs in a PostgreSQL database, which other processes use as well. Blocks while it connects.
    ///
    /// - Parameter address: a URL or a connection string of libpq.
    /// - Throws: `PostgreSQLStoreError`.
    package convenience init(
        postgreSQL address: String, connections: Int = 4, limits: StoreLimits = .init(),
        clock: (@Sendable () -> Date)? = nil
    ) throws {
        try Self.migrate(postgreSQL: address)
        self.init(
            PostgreSQLDatabase(PostgreSQLPool(address, connections: connections)), limits: limits, clock: clock)
    }

    /// Brings the tables of a database to the version of this program. Blocks.
    ///
    /// - Returns: how many steps that took.
    /// - Throws: `PostgreSQLStoreError`.
    @discardableResult
    package static func migrate(postgreSQL address: String) throws -> Int {
        do {
            return try PostgreSQLMigrations.run(in: PostgreSQLConnection(address))
        } catch let error as PostgreSQLError {
            throw PostgreSQLStoreError.unreachable(error.description)
        }
    }
}
