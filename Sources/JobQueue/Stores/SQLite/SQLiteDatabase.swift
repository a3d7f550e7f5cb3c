import FoundationEssentials
import GRDB

/// A SQLite file in WAL mode, used by this process alone.
final class SQLiteDatabase: SQLDatabase {
    private let pool: DatabasePool
    private let lock: StoreLock

    let dialect = SQLDialect(lock: "", lockSkipping: "", takeKeeping: nil)

    /// Its own among all databases: letters and digits.
    let identity: String

    /// Opens the file, or makes it, and brings its tables to the version of this program.
    ///
    /// - Throws: `SQLiteFileError`.
    init(path: String) throws {
        lock = try StoreLock(path: path)
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = 2
            pool = try DatabasePool(path: path, configuration: configuration)
            let migrator = DatabaseMigrator.jobs
            if try pool.read(migrator.hasBeenSuperseded) { throw SQLiteFileError.newer(path: path) }
            try migrator.migrate(pool)
            identity = try pool.read { try String.fetchOne($0, sql: "select identity from queue") ?? "" }
        } catch let error as DatabaseError {
            throw SQLiteFileError.unusable(path: path, reason: error.plainReason)
        }
    }

    /// Those that write take turns anyhow.
    func transaction<T: Sendable>(
        _ durability: Durability, takesTurns: Bool, _ body: @escaping @Sendable (any SQLSession) throws -> T
    ) async throws -> T {
        // In a task of its own: a caller that is cancelled does not leave a verb half done, nor unknown.
        try await Task { [pool] in try await Self.transaction(durability, in: pool, body) }.value
    }

    private static func transaction<T: Sendable>(
        _ durability: Durability, in pool: DatabasePool, _ body: @escaping @Sendable (any SQLSession) throws -> T
    ) async throws -> T {
        do {
            switch durability {
            case .reading:
                return try await pool.read { db in try body(SQLiteSession(db)) }
            case .full, .relaxed:
                return try await pool.writeWithoutTransaction { db in
                    // GRDB opens with NORMAL, with which a committed job may be gone after a power failure.
                    try db.execute(sql: "pragma synchronous = \(durability == .full ? "full" : "normal")")
                    try db.beginTransaction(.immediate)
                    do {
                        let value = try body(SQLiteSession(db))
                        try db.commit()
                        return value
                    } catch {
                        try? db.rollback()
                        throw error
                    }
                }
            }
        } catch let error as DatabaseError {
            throw error.isFull ? JobStoreError.storageFull(error.plainReason) : .unavailable(error.plainReason)
        }
    }
}

extension DatabaseError {
    fileprivate var isFull: Bool { resultCode == .SQLITE_FULL }

    /// Without the statement and its values.
    fileprivate var plainReason: String { message ?? "SQLite error \(resultCode.rawValue)" }
}

/// One transaction of a `SQLiteDatabase`.
private struct SQLiteSession: SQLSession {
    let database: Database
    let now = Date()

    init(_ database: Database) { self.database = database }

    func run(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        // `$1` names a parameter here, `?1` numbers it.
        let statement = try database.cachedStatement(sql: sql.replacing("$", with: "?"))
        let rows = try Row.fetchAll(statement, arguments: StatementArguments(values.map(\.databaseValue)))
        return rows.map { row in SQLRow(values: row.databaseValues.map(SQLValue.init)) }
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .bytes(let value): Data(value).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let value): .integer(value)
            case .double(let value): .real(value)
            case .string(let value): .text(value)
            case .blob(let value): .bytes(Array(value))
            }
    }
}
