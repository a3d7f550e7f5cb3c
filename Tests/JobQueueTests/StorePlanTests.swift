import FoundationEssentials
import Testing

@testable import JobQueue

/// What grows with the number of finished jobs: nothing that is asked often may.
struct StorePlanTests {
    /// - Returns: how SQLite goes about each statement that the body runs.
    private func plans(_ body: @escaping @Sendable (JobTable) throws -> Void) async throws -> [String] {
        let database = try SQLiteDatabase(path: StoreUnderTest.makePath())
        return try await database.transaction(.full) { session in
            let planned = PlannedSession(session)
            try body(JobTable(planned, dialect: database.dialect, now: .now, limits: StoreLimits()))
            return planned.plans
        }
    }

    @Test func `retention walks an index, and sorts nothing`() async throws {
        let plans = try await plans { _ = try $0.forgetSurplus() }
        #expect(plans.contains { $0.contains("USING INDEX jobs_by_end") })
        #expect(!plans.contains { $0.contains("TEMP B-TREE") || $0 == "SCAN jobs" })
    }

    @Test func `the speed of workers and who waits for what are read from indexes`() async throws {
        let plans = try await plans { table in
            _ = try table.status()
            _ = try table.census()
        }
        #expect(plans.contains { $0.contains("COVERING INDEX jobs_by_speed") })
        #expect(plans.contains { $0.contains("jobs_that_run") })
        #expect(!plans.contains("SCAN jobs"))
    }
}

/// Runs what it is given, and notes how.
private final class PlannedSession: SQLSession {
    private let session: any SQLSession
    var now: Date { session.now }
    private(set) var plans: [String] = []

    init(_ session: any SQLSession) { self.session = session }

    func run(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        plans += try session.run("explain query plan " + sql, values).map { try $0.text(3) }
        return try session.run(sql, values)
    }
}
