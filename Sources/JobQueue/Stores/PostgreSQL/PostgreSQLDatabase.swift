import FoundationEssentials

/// A PostgreSQL database that several processes share.
final class PostgreSQLDatabase: SQLDatabase {
    /// How often a transaction is tried that others stand in the way of.
    private static let tries = 5

    private let pool: PostgreSQLPool

    let dialect = SQLDialect(
        lock: " for update", lockSkipping: " for update skip locked",
        takeKeeping: """
            select cast(pg_try_advisory_xact_lock(\(PostgreSQLDatabase.keepingLock), hashtext(current_schema())) as int)
            """)

    /// Microseconds since 1970, by the clock that all processes share.
    static let now = "cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)"

    /// Any number that no other user of the database takes.
    private static let turnsLock = 0x756e_6470
    /// Waits for its turn. The lock ends with the transaction. A row would do, and would leave a dead version of itself each time.
    private static let turn = "pg_advisory_xact_lock(\(turnsLock), hashtext(current_schema()))"
    private static let keepingLock = 0x756e_6472

    init(_ pool: PostgreSQLPool) { self.pool = pool }

    func transaction<T: Sendable>(
        _ durability: Durability, takesTurns: Bool, _ body: @escaping @Sendable (any SQLSession) throws -> T
    ) async throws -> T {
        let begin = "\(durability.begin); select \(Self.now)\(takesTurns ? " from \(Self.turn)" : "")"
        return try await pool.run { slot in
            do {
                return try Self.transaction(begin, in: slot, body)
            } catch let error as PostgreSQLError {
                throw error.storeError
            }
        }
    }

    /// Tells all who listen, in one message to the server. What is told may be lost.
    func notify(_ news: [(channel: String, payload: String)]) async throws {
        let calls = news.map { "pg_notify('\($0.channel)', '\($0.payload)')" }.joined(separator: ", ")
        let statements = "\(Durability.relaxed.begin); select \(calls); commit"
        try await pool.run { slot in
            do {
                try slot.connected().execute(statements)
            } catch let error as PostgreSQLError {
                if error.isConnectionLost { slot.disconnect() } else { _ = try? slot.connected().execute("rollback") }
                throw error.storeError
            }
        }
    }

    /// - Parameter begin: statements that begin it, of which the last one tells the time.
    private static func transaction<T>(
        _ begin: String, in slot: PostgreSQLSlot, _ body: (any SQLSession) throws -> T
    ) throws -> T {
        var tried = 0
        while true {
            tried += 1
            var hasBegun = false
            do {
                let connection = try slot.connected()
                let time = try connection.execute(begin)
                hasBegun = true
                let value = try body(PostgreSQLSession(connection, Date(microseconds: time.flatMap(Int64.init) ?? 0)))
                try connection.execute("commit")
                return value
            } catch let error as PostgreSQLError {
                if error.isConnectionLost {
                    slot.disconnect()
                    // A connection that died while it was idle: nothing was asked of it yet.
                    if !hasBegun, tried == 1 { continue }
                    throw error
                }
                _ = try? slot.connected().execute("rollback")
                if error.isWorthAnotherTry, tried < tries { continue }
                throw error
            } catch {
                _ = try? slot.connected().execute("rollback")
                throw error
            }
        }
    }
}

/// One transaction of a `PostgreSQLDatabase`.
private struct PostgreSQLSession: SQLSession {
    let connection: PostgreSQLConnection
    let now: Date

    init(_ connection: PostgreSQLConnection, _ now: Date) {
        self.connection = connection
        self.now = now
    }

    func run(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] { try connection.run(sql, values) }
}

extension Durability {
    /// Whoever stops in the middle does not hold up the others for ever. A plan is kept for longer than a table stays small,
    /// so it goes by indexes from the start. `set local` passes through poolers.
    fileprivate var begin: String {
        let limits = [
            "statement_timeout = '10s'", "lock_timeout = '5s'", "idle_in_transaction_session_timeout = '10s'",
            "enable_seqscan = off", "jit = off",
        ].map { "set local \($0)" }.joined(separator: "; ")
        return switch self {
        // What several statements find belongs together.
        case .reading: "begin isolation level repeatable read read only; \(limits)"
        case .full: "begin; \(limits)"
        case .relaxed: "begin; \(limits); set local synchronous_commit = off"
        }
    }
}
