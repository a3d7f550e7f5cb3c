package import Generation
import Synchronization

/// Previews in tables that are not logged: the rows of the jobs that somebody looks at, as long as they run.
///
/// On a connection of its own, so that a preview that takes long does not hold up the store.
package final class PostgreSQLPreviews: PreviewExchange {
    private let database: PostgreSQLDatabase
    private let wishLife: Duration
    /// When this process last said that it looks at a job.
    private let wishes = Mutex<[JobID: ContinuousClock.Instant]>([:])

    /// - Parameters:
    ///   - address: of the database of the jobs, with the tables of this program's version.
    ///   - wishLife: how long a wish counts. It is said again when half of that has passed.
    package init(_ address: String, wishLife: Duration = .seconds(10)) {
        database = PostgreSQLDatabase(PostgreSQLPool(address, connections: 1))
        self.wishLife = wishLife
    }

    package func want(_ id: JobID) async throws -> Bool {
        let isDue = wishes.withLock { wishes in
            let now = ContinuousClock.now
            if let said = wishes[id], now - said < wishLife / 2 { return false }
            wishes = wishes.filter { now - $0.value < wishLife / 2 }
            wishes[id] = now
            return true
        }
        guard isDue else { return false }
        do {
            try await run(
                """
                insert into preview_wishes (job, until) values ($1, \(PostgreSQLDatabase.now) + $2)
                on conflict (job) do update set until = excluded.until
                """, .text(id.description), .integer(Int64(wishLife / .microseconds(1))))
        } catch {
            wishes.withLock { $0[id] = nil }
            throw error
        }
        return true
    }

    package func wanted(among ids: Set<JobID>) async throws -> Set<JobID> {
        guard !ids.isEmpty else { return [] }
        let list = (1...ids.count).map { "$\($0)" }.joined(separator: ", ")
        let rows = try await run(
            "select job from preview_wishes where until > \(PostgreSQLDatabase.now) and job in (\(list))",
            ids.map { .text($0.description) }, .reading)
        return Set(try rows.compactMap { JobID(try $0.text(0)) })
    }

    package func put(_ previews: [ImagePreview], of lease: JobLease) async throws {
        try await database.transaction(.relaxed) { session in
            for preview in previews {
                // A worker that was given up for lost does not paint over the one after it.
                try session.run(
                    """
                    insert into previews (job, number, attempt, step, steps, width, height, png)
                    values ($1, $2, $3, $4, $5, $6, $7, $8)
                    on conflict (job, number) do update set attempt = excluded.attempt, step = excluded.step,
                        steps = excluded.steps, width = excluded.width, height = excluded.height, png = excluded.png
                    where (previews.attempt, previews.step) < (excluded.attempt, excluded.step)
                    """,
                    .text(lease.job.description), .integer(preview.index), .integer(lease.attempt),
                    .integer(preview.step), .integer(preview.steps), .integer(preview.width),
                    .integer(preview.height), .bytes(preview.png))
            }
        }
    }

    package func previews(of id: JobID, attempt: Int, after step: Int?) async throws -> [ImagePreview] {
        let rows = try await run(
            """
            select number, step, steps, width, height, png from previews
            where job = $1 and attempt = $2 and step > $3 order by step
            """, [.text(id.description), .integer(attempt), .integer(step ?? -1)], .reading)
        return try rows.map { row in
            ImagePreview(
                index: Int(try row.integer(0)), step: Int(try row.integer(1)), steps: Int(try row.integer(2)),
                width: Int(try row.integer(3)), height: Int(try row.integer(4)), png: try row.bytes(5))
        }
    }

    package func drop(_ lease: JobLease) async throws {
        try await run(
            "delete from previews where job = $1 and attempt = $2", .text(lease.job.description),
            .integer(lease.attempt))
    }

    package func sweep() async throws {
        try await database.transaction(.relaxed) { session in
            try session.run("delete from preview_wishes where until <= \(PostgreSQLDatabase.now)")
            try session.run(
                """
                delete from previews where not exists (select 1 from jobs
                    where jobs.id = previews.job and state = 'running' and jobs.attempt = previews.attempt)
                """)
        }
    }

    @discardableResult
    private func run(
        _ sql: String, _ values: [SQLValue], _ durability: Durability = .relaxed
    ) async throws -> [SQLRow] {
        try await database.transaction(durability) { try $0.run(sql, values) }
    }

    private func run(_ sql: String, _ values: SQLValue...) async throws { try await run(sql, values) }
}
