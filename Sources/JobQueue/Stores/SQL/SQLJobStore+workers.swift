import FoundationEssentials
package import Generation

// What workers do.
extension SQLJobStore {
    /// What is lost of a claim is claimed again, so it waits for no disk.
    package func claim(by worker: WorkerID, models: Set<String>, for duration: Duration) async throws -> ClaimedJob? {
        let start = lineStart.sequence
        return try await verb(.relaxed, takesTurns: true, expires: false) { table in
            guard var row = try table.takeNext(of: models, from: start),
                let lease = row.job.start(by: worker, at: table.now, for: duration)
            else { return nil }
            try table.save(row)
            return ClaimedJob(job: row.job, lease: lease)
        }
    }

    package func renew(_ renewals: [LeaseRenewal], for duration: Duration) async throws -> Set<JobLease> {
        try await verb(.relaxed, expires: false) { table in
            let until = table.now.addingTimeInterval(duration.seconds).microseconds
            return try renewals.reduce(into: []) { lost, renewal in
                let lease = renewal.lease
                let renewed = try table.session.run(
                    """
                    update jobs set lease_until = $1, progress = coalesce($2, progress)
                    where id = $3 and state = 'running' and worker = $4 and attempt = $5 returning seq
                    """,
                    .integer(until), .text(try renewal.progress.map(JobTable.json)), .text(lease.job.description),
                    .text(lease.worker.description), .integer(lease.attempt))
                if renewed.isEmpty { lost.insert(lease) }
            }
        }
    }

    package func complete(_ lease: JobLease, with work: FinishedWork) async throws {
        try await putOutside(work, for: lease)
        try await change(lease) { [isOutside = images != nil] table, row in
            try row.job.complete(lease, with: work, at: table.now)
            if !isOutside { try table.write(work.images, of: row) }
        }
    }

    package func fail(_ lease: JobLease, because reason: FailureReason) async throws {
        try await change(lease) { table, row in try row.job.fail(lease, because: reason, at: table.now) }
    }

    package func handBack(_ lease: JobLease) async throws {
        try await change(lease) { table, row in try row.job.handBack(lease, at: table.now) }
        lineStart.forget()
    }

    package func giveUp(_ lease: JobLease, attemptLimit: Int) async throws {
        try await change(lease) { table, row in
            try row.job.giveUp(lease, at: table.now, attemptLimit: attemptLimit)
        }
        lineStart.forget()
    }

    package func rescue(attemptLimit: Int) async throws -> RescueReport {
        let (report, start) = try await verb(.full) { table in
            var report = RescueReport()
            let silent = try table.rows(
                "where state = 'running' and lease_until <= $1\(table.dialect.lockSkipping)",
                [.integer(table.now.microseconds)])
            for var row in silent where row.job.rescue(at: table.now, attemptLimit: attemptLimit) {
                try table.save(row)
                if row.job.state.isFinished {
                    report.failed.append(row.job.id)
                } else {
                    report.requeued.append(row.job.id)
                }
            }
            return (report, try table.lineStart())
        }
        lineStart.note(start)
        return report
    }

    /// Goes on until nothing is left that is too much.
    package func forgetSurplus() async throws {
        var forgotten: [Job] = []
        repeat {
            forgotten = try await verb(.full) { table in try table.forgetSurplus() }
            try await images?.remove(forgotten.flatMap(\.imageNames))
        } while forgotten.count == JobTable.forgettingLimit && !Task.isCancelled
        try await sweepImages()
    }

    /// - Throws: `JobStoreError.leaseLost`.
    private func change(
        _ lease: JobLease, _ transition: @escaping @Sendable (JobTable, inout JobTable.Row) throws -> Void
    ) async throws {
        try await verb(.full, expires: false) { table in
            guard var row = try table.row(lease.job, lock: table.dialect.lock) else {
                throw JobStoreError.leaseLost(lease)
            }
            try transition(table, &row)
            try table.save(row)
        }
    }
}
