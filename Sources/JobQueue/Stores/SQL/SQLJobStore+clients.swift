import FoundationEssentials
import Generation

// What clients do.
extension SQLJobStore {
    package func submit(_ submission: JobSubmission) async throws -> AcceptedJob {
        try await verb(.full, expires: false) { [bound] table in
            if let earlier = try Self.earlierJob(of: submission, in: table) {
                return AcceptedJob(earlier.job.id, isNew: false)
            }
            let job = Job(
                request: submission.request, work: submission.work, owner: submission.owner,
                requestID: submission.requestID, traceParent: submission.traceParent, createdAt: table.now)
            try table.session.run(
                "insert into owners (name) values ($1) on conflict (name) do nothing", .text(job.owner.name))
            if let sequence = try table.insert(job, submission.idempotency) {
                try table.checkLimit(bound, at: sequence)
                return AcceptedJob(job.id, isNew: true)
            }
            // The same submission came through another connection in this instant.
            guard let earlier = try Self.earlierJob(of: submission, in: table) else {
                throw JobStoreError.unavailable("a job of the same key came and went")
            }
            return AcceptedJob(earlier.job.id, isNew: false)
        }
    }

    /// - Throws: `JobStoreError.idempotencyConflict`.
    private static func earlierJob(of submission: JobSubmission, in table: JobTable) throws -> JobTable.Row? {
        guard let idempotency = submission.idempotency,
            let earlier = try table.rows(
                "where owner = $1 and idempotency_key = $2", [.text(submission.owner.name), .text(idempotency.key)]
            ).first
        else { return nil }
        guard earlier.requestHash == idempotency.requestHash.description else {
            throw JobStoreError.idempotencyConflict(key: idempotency.key, job: earlier.job.id)
        }
        return earlier
    }

    package func cancel(_ id: JobID) async throws -> Lookup<JobSnapshot> {
        try await verb(.full) { table in
            try table.lookUp(id, lock: table.dialect.lock).map { row in
                var row = row
                if row.job.cancel(at: table.now) { try table.save(row) }
                return try table.snapshot(of: row)
            }
        }
    }

    package func delete(_ id: JobID) async throws -> Lookup<Job> {
        let deleted = try await verb(.full) { table in
            try table.lookUp(id, lock: table.dialect.lock).map { row in
                var row = row
                if row.job.cancel(at: table.now) { try table.save(row) }
                try table.forget([row])
                return row.job
            }
        }
        // Where that fails the job is gone all the same, and the images with the next sweep.
        try? await images?.remove(deleted.value?.imageNames ?? [])
        return deleted
    }

    package func job(_ id: JobID) async throws -> Lookup<JobSnapshot> {
        try await reader.job(id) { ids in
            try await self.verb(.reading) { table in try table.snapshots(of: ids) }
        }
    }

    package func list(_ selection: JobSelection) async throws -> JobPage {
        try await verb(.reading) { table in
            var (conditions, values) = ([String](), [SQLValue]())
            if let cursor = selection.cursor {
                values.append(.integer(cursor.sequence))
                conditions.append("seq < $\(values.count)")
            }
            if let owner = selection.owner {
                values.append(.text(owner))
                conditions.append("owner = $\(values.count)")
            }
            if let statuses = selection.statuses {
                let first = values.count + 1
                values += statuses.map { .text($0.rawValue) }
                let list = (first..<first + statuses.count).map { "$\($0)" }
                conditions.append(list.isEmpty ? "1 = 0" : "state in (\(list.joined(separator: ", ")))")
            }
            // One more than asked for tells whether there are more.
            values.append(.integer(selection.limit + 1))
            let condition = conditions.isEmpty ? "" : "where " + conditions.joined(separator: " and ")
            let rows = try table.rows("\(condition) order by seq desc limit $\(values.count)", values)
                .filter { selection.statuses?.contains($0.job.state.status) ?? true }
            let page = Array(rows.prefix(selection.limit))
            let next = page.count < rows.count ? page.last.map { JobCursor(sequence: Int($0.sequence)) } : nil
            return JobPage(jobs: try table.snapshots(of: page), next: next)
        }
    }

    package func status() async throws -> QueueStatus {
        try await verb(.reading) { table in try table.status() }
    }

    package func census() async throws -> QueueCensus {
        try await verb(.reading) { table in try table.census() }
    }

    package func setPaused(_ isPaused: Bool) async throws {
        try await verb(.full) { table in
            _ = try table.session.run("update queue set paused = $1", .integer(isPaused ? 1 : 0))
        }
    }
}
