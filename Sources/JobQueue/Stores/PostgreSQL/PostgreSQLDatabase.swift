/// A PostgreSQL database that several processes share.
final class PostgreSQLDatabase: SQLDatabase {
    /// How often a transaction is tried that others stand in the way of.
    private static let tries = 5

    private let pool: PostgreSQLPool

    let dialect = SQLDialect(
        lock: " for update", lockSkipping: " for update skip locked",
        // The lock ends with the transaction. A row would do, and would leave a dead version of itself each time.
        takeTurns: "pg_advisory_xact_lock(\(PostgreSQLDatabase.turnsLock), hashtext(current_schema()))",
        takeKeeping: """
            select cast(pg_try_advisory_xact_lock(\(PostgreSQLDatabase.keepingLock), hashtext(current_schema())) as int)
            """,
        now: PostgreSQLDatabase.now)

    /// Microseconds since 1970, by the clock that all processes share.
    static let now = "cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)"

    /// Any number that no other user of the database takes.
    private static let turnsLock = 0x756e_6470
    private static let keepingLock = 0x756e_6472

    init(_ pool: PostgreSQLPool) { self.pool = pool }

    func transaction<T: Sendable>(
        _ durability: Durability, _ body: @escaping @Sendable (any SQLSession) throws -> T
    ) async throws -> T {
        try await pool.run { slot in
            do {
                return try Self.transaction(durability, in: slot, body)
            } catch let error as PostgreSQLError {
                throw error.storeError
            }
        }
    }

    private static func transaction<T>(
        _ durability: Durability, in slot: PostgreSQLSlot, _ body: (any SQLSession) throws -> T
    ) throws -> T {
        var tried = 0
        while true {
            tried += 1
            var hasBegun = false
            do {
                let connection = try slot.connected()
                try connection.execute(durability.begin)
                hasBegun = true
                let value = try body(PostgreSQLSession(connection))
                try connection.execute("commit")
                return value
            } catch let error as PostgreSQLError {
                if error.isConnectionLost {
                    slot.disconnect()
                    // A connection that died while it was idle: nothing was asked of it yet.
                    if !hasBegun, tried == 1 { continue }
                    throw error
                }
                try? slot.connected().execute("rollback")
                if error.isWorthAnotherTry, tried < tries { continue }
                throw error
            } catch {
                try? slot.connected().execute("rollback")
                throw error
            }
        }
    }
}

/// One transaction of a `PostgreSQLDatabase`.
private struct PostgreSQLSession: SQLSession {
    let connection: PostgreSQLConnection

    init(_ connection: PostgreSQLConnection) { self.connection = connection }

    func run(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] { try connection.run(sql, values) }
}

extension Durability {
    /// Whoever stops in the middle does not hold up the others for ever. A plan is kept for longer than a table stays small,
    /// so it goes by indexes from the start. `set local` passes through poolers.
    fileprivate var begin: String {
        let limits = """
            set local statement_timeout = '10s'; set local lock_timeout = '5s';
            set local idle_in_transaction_session_timeout = '10s';
            set local enable_seqscan = off; set local jit = off
            """
        return switch self {
        // What several statements find belongs together.
        case .reading: "begin isolation level repeatable read read only; \(limits)"
        case .full: "begin; \(limits)"
        case .relaxed: "begin; \(limits); set local synchronous_commit = off"
        }
    }
}
