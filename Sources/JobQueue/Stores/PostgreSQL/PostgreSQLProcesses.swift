/// The processes that share a PostgreSQL database, by the clock of the database.
package final class PostgreSQLProcesses: ProcessRegistry {
    /// Any number that no other user of the database takes: who announces does so after the one before.
    private static let lock = 0x756e_6465_7272

    private let database: any SQLDatabase

    package init(_ store: SQLJobStore) { database = store.database }

    package func announce(_ process: ServiceProcess, for duration: Duration) async throws -> [ModelRefusal] {
        try await database.transaction(.relaxed) { session in
            try session.run("select pg_advisory_xact_lock(\(Self.lock))")
            try session.run("delete from processes where lease_until <= \(PostgreSQLDatabase.now)")
            try session.run(
                """
                insert into processes (id, kind, host, version, slots, threads, seen_at, lease_until)
                values ($1, $2, $3, $4, $5, $6, \(PostgreSQLDatabase.now), \(PostgreSQLDatabase.now) + $7)
                on conflict (id) do update set seen_at = excluded.seen_at, lease_until = excluded.lease_until
                """,
                .text(process.id), .text(process.kind.rawValue), .text(process.host), .text(process.version),
                .integer(process.workers), .integer(process.threads), .integer(Int64(duration / .microseconds(1))))
            for (name, weights) in process.models {
                try session.run(
                    "insert into process_models (process, model, sha256) values ($1, $2, $3) on conflict do nothing",
                    .text(process.id), .text(name), .text(weights))
                try session.run(
                    """
                    insert into models (name, sha256) values ($1, $2)
                    on conflict (name) do update set sha256 = excluded.sha256
                    where models.sha256 <> excluded.sha256 and not exists (select 1 from process_models as held
                        where held.model = models.name and held.sha256 = models.sha256)
                    """, .text(name), .text(weights))
            }
            return process.refusals(try Self.agreed(in: session))
        }
    }

    package func leave(_ id: String) async throws {
        try await database.transaction(.relaxed) { session in
            try session.run("delete from processes where id = $1", .text(id))
        }
    }

    package func processes() async throws -> [RegisteredProcess] {
        try await database.transaction(.reading) { session in
            let rows = try session.run("select process, model, sha256 from process_models")
            let models = try rows.reduce(into: [String: [String: String]]()) { models, row in
                models[try row.text(0), default: [:]][try row.text(1)] = try row.text(2)
            }
            let agreed = try Self.agreed(in: session)
            return try session.run(
                """
                select id, kind, host, version, slots, threads, \(PostgreSQLDatabase.now) - seen_at from processes
                where lease_until > \(PostgreSQLDatabase.now) order by id
                """
            ).map { row in
                let id = try row.text(0)
                let process = ServiceProcess(
                    id: id, kind: .init(rawValue: try row.text(1)) ?? .worker, host: try row.text(2),
                    version: try row.text(3), workers: Int(try row.integer(4)), threads: Int(try row.integer(5)),
                    models: models[id] ?? [:])
                return RegisteredProcess(
                    process, silence: .microseconds(max(0, try row.integer(6))), refusals: process.refusals(agreed))
            }
        }
    }

    private static func agreed(in session: any SQLSession) throws -> [String: String] {
        try session.run("select name, sha256 from models").reduce(into: [:]) { agreed, row in
            agreed[try row.text(0)] = try row.text(1)
        }
    }
}
