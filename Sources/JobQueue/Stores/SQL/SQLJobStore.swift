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
    let bound = QueueBound()

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

    /// Runs a verb.
    ///
    /// - Parameter expires: whether what time did on its own is caught up with first. A verb that goes by what waits wants that.
    func verb<T: Sendable>(
        _ durability: Durability, takesTurns: Bool = false, expires: Bool = true,
        _ body: @escaping @Sendable (JobTable) throws -> T
    ) async throws -> T {
        let (dialect, clock, limits) = (database.dialect, clock, limits)
        let (value, ended) = try await database.transaction(durability, takesTurns: takesTurns) { session in
            let table = JobTable(session, dialect: dialect, now: clock?() ?? session.now, limits: limits)
            if expires, durability != .reading { try table.expireOverdue() }
            return (try body(table), table.ended)
        }
        // Only what was committed has happened.
        for job in ended { job.reportEnd() }
        return value
    }
}

extension Date {
    init(microseconds: Int64) { self.init(timeIntervalSince1970: Double(microseconds) / 1e6) }

    /// Since 1970, rounded.
    var microseconds: Int64 { Int64((timeIntervalSince1970 * 1e6).rounded()) }
}
