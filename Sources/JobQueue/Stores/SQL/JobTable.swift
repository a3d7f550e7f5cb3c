import FoundationEssentials
import Generation

/// The jobs as one transaction sees and changes them.
final class JobTable {
    /// A row of `jobs`.
    struct Row {
        let sequence: Int64
        var job: Job
        let requestHash: String?
    }

    let session: any SQLSession
    let dialect: SQLDialect
    let now: Date
    let limits: StoreLimits
    /// Jobs that this transaction ends.
    private(set) var ended: [Job] = []

    init(_ session: any SQLSession, dialect: SQLDialect, now: Date, limits: StoreLimits) {
        self.session = session
        self.dialect = dialect
        self.now = now
        self.limits = limits
    }

    static let columns = "seq, payload, request_hash, lease_until, progress"

    /// - Parameter condition: what follows `select ... from jobs`.
    func rows(_ condition: String, _ values: [SQLValue] = []) throws -> [Row] {
        try session.run("select \(Self.columns) from jobs \(condition)", values).map(read)
    }

    /// - Parameter lock: `dialect.lock` where the row is then changed.
    func row(_ id: JobID, lock: String = "") throws -> Row? {
        try rows("where id = $1\(lock)", [.text(id.description)]).first
    }

    /// The row, a tombstone, or nothing.
    func lookUp(_ id: JobID, lock: String = "") throws -> Lookup<Row> {
        if let row = try row(id, lock: lock) { return .found(row) }
        let tombs = try session.run("select 1 from forgotten where id = $1", .text(id.description))
        return tombs.isEmpty ? .unknown : .forgotten
    }

    /// What a renewal writes is beside the payload, so that it is small; here they come together.
    private func read(_ columns: SQLRow) throws -> Row {
        var job = try JSONDecoder().decode(Job.self, from: Data(try columns.text(1).utf8))
        if case .running(var run) = job.state {
            if let leaseUntil = try columns.optionalInteger(3) { run.leaseExpiresAt = Date(microseconds: leaseUntil) }
            if let progress = try Self.progress(columns.optionalText(4)) { run.progress = progress }
            job.state = .running(run)
        }
        // A reading transaction cannot write what has become of it.
        if let deadline = job.expiresAt, deadline <= now { _ = job.expire(at: deadline) }
        return Row(sequence: try columns.integer(0), job: job, requestHash: try columns.optionalText(2))
    }

    static func progress(_ text: String?) throws -> GenerationProgress? {
        try text.map { try JSONDecoder().decode(GenerationProgress.self, from: Data($0.utf8)) }
    }

    /// - Returns: its number; nil: the owner has a job of this key.
    func insert(_ job: Job, _ idempotency: JobSubmission.Idempotency?) throws -> Int64? {
        let answer = try session.run(
            """
            insert into jobs (id, owner, share, model, priority, state, work, payload, idempotency_key, request_hash,
                created_at, deadline_at, attempt)
            values ($1, $2, $3, $4, $5, 'queued', $6, $7, $8, $9, $10, $11, 0)
            on conflict (owner, idempotency_key) where idempotency_key is not null do nothing returning seq
            """,
            .text(job.id.description), .text(job.owner.name), .integer(job.owner.share), .text(job.request.model),
            .integer(job.request.priority), .real(job.work.gflop), .text(try Self.json(job)),
            .text(idempotency?.key), .text(idempotency?.requestHash.description),
            .integer(job.createdAt.microseconds), .integer(job.expiresAt?.microseconds))
        return try answer.first?.integer(0)
    }

    /// - Parameter sequence: of the job that this transaction queues.
    /// - Throws: `JobStoreError.queueFull`.
    func checkLimit(_ bound: QueueBound, at sequence: Int64) throws {
        let limit = limits.queuedJobs
        guard bound.mayExceed(limit, at: sequence) else { return }
        try expireOverdue()
        let counts = try session.run(
            """
            select (select count(*) from (select 1 from jobs where state = 'queued' limit $1) as queued),
                (select count(*) from jobs where state = 'running')
            """, .integer(limit + 1))
        guard let counts = counts.first else { return }
        let (waiting, running) = (try counts.integer(0), try counts.integer(1))
        guard waiting <= limit else { throw JobStoreError.queueFull(limit: limit) }
        bound.note(waiting + running, at: sequence)
    }

    /// Writes the state that a job is in now.
    func save(_ row: Row) throws {
        let job = row.job
        var lease: (worker: WorkerID, until: Date)?
        if case .running(let run) = job.state { lease = (run.worker, run.leaseExpiresAt) }
        var seconds: Double?
        if case .completed(let completion) = job.state { seconds = completion.total.seconds }
        try session.run(
            """
            update jobs set state = $1, payload = $2, worker = $3, attempt = $4, lease_until = $5, progress = null,
                finished_at = $6, run_seconds = $7, image_bytes = $8, deadline_at = $9 where seq = $10
            """,
            .text(job.state.status.rawValue), .text(try Self.json(job)), .text(lease?.worker.description),
            .integer(job.attempts), .integer(lease?.until.microseconds),
            .integer(job.state.finishedAt?.microseconds), .real(seconds), .integer(job.kept.byteCount),
            .integer(job.state == .queued ? job.expiresAt?.microseconds : nil), .integer(row.sequence))
        guard job.state.isFinished else { return }
        ended.append(job)
        try note(job.kept)
    }

    /// Ends the queued jobs that did not start within their deadline.
    func expireOverdue() throws {
        let overdue = try rows(
            "where state = 'queued' and deadline_at <= $1\(dialect.lockSkipping)", [.integer(now.microseconds)])
        for row in overdue { try save(row) }
    }

    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
