package import FoundationEssentials
import Generation

/// Jobs in a database that outlives the process: one row each, with the whole job as JSON beside the columns that
/// statements look for. The transitions are those of `Job`, as in every store; the database makes them atomic.
///
/// What the tables hold: `docs/reliability.md`.
package final class SQLJobStore: JobStore {
    let database: any SQLDatabase
    /// nil: images are in the database too.
    let images: (any ImageStore)?
    let limits: StoreLimits
    private let clock: (@Sendable () -> Date)?
    let reader = JobReader()
    let lineStart = LineStart()

    package var isDurable: Bool { true }

    /// - Parameter clock: of timestamps, leases, deadlines and ages; nil: the database's.
    init(
        _ database: any SQLDatabase, images: (any ImageStore)? = nil, limits: StoreLimits,
        clock: (@Sendable () -> Date)? = nil
    ) {
        self.database = database
        self.images = images
        self.limits = limits
        self.clock = clock
    }

    /// Runs a verb: what time did on its own is caught up with first.
    func verb<T: Sendable>(
        _ durability: Durability, takesTurns: Bool = false, _ body: @escaping @Sendable (JobTable) throws -> T
    ) async throws -> T {
        let (dialect, clock, limits) = (database.dialect, clock, limits)
        let (value, ended) = try await database.transaction(durability) { session in
            if takesTurns, let statement = dialect.takeTurns { try session.run(statement) }
            let table = JobTable(session, dialect: dialect, now: try Self.now(clock, session, dialect), limits: limits)
            if durability != .reading { try table.expireOverdue() }
            return (try body(table), table.ended)
        }
        // Only what was committed has happened.
        for job in ended { job.reportEnd() }
        return value
    }

    private static func now(
        _ clock: (@Sendable () -> Date)?, _ session: any SQLSession, _ dialect: SQLDialect
    ) throws -> Date {
        if let clock { return clock() }
        guard let expression = dialect.now else { return Date() }
        let rows = try session.run("select \(expression)")
        guard let row = rows.first else { return Date() }
        return Date(microseconds: try row.integer(0))
    }
}

extension Date {
    init(microseconds: Int64) { self.init(timeIntervalSince1970: Double(microseconds) / 1e6) }

    /// Since 1970, rounded.
    var microseconds: Int64 { Int64((timeIntervalSince1970 * 1e6).rounded()) }
}
