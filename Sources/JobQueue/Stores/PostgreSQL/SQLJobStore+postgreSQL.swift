package import FoundationEssentials

extension SQLJobStore {
    /// Jobs in a PostgreSQL database, which other processes use as well. Blocks while it connects.
    ///
    /// - Parameter address: a URL or a connection string of libpq.
    /// - Throws: `PostgreSQLStoreError`, `ImageStoreError`.
    package convenience init(
        postgreSQL address: String, connections: Int = 4, images: ImagePlace = .database,
        limits: StoreLimits = .init(), clock: (@Sendable () -> Date)? = nil
    ) throws {
        let identity = try Self.connecting(to: address) { connection in
            _ = try PostgreSQLMigrations.run(in: connection)
            return try connection.run("select identity from queue", []).first?.text(0) ?? ""
        }
        let database = PostgreSQLDatabase(PostgreSQLPool(address, connections: connections))
        self.init(database, images: try images.open(for: identity), limits: limits, clock: clock)
    }

    /// Brings the tables of a database to the version of this program. Blocks.
    ///
    /// - Returns: how many steps that took.
    /// - Throws: `PostgreSQLStoreError`.
    @discardableResult
    package static func migrate(postgreSQL address: String) throws -> Int {
        try connecting(to: address, PostgreSQLMigrations.run)
    }

    private static func connecting<T>(
        to address: String, _ body: (PostgreSQLConnection) throws -> T
    ) throws -> T {
        do {
            return try body(PostgreSQLConnection(address))
        } catch let error as PostgreSQLError {
            throw PostgreSQLStoreError.unreachable(error.description)
        }
    }
}
