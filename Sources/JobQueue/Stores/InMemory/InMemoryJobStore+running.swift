import Generation

extension InMemoryJobStore {
    package func claim(by worker: WorkerID, models: Set<String>, for duration: Duration) -> ClaimedJob? {
        let now = tidy()
        guard
            !isPaused, let id = line.takeFirst(of: models), var record = records[id],
            let lease = record.job.start(by: worker, at: now, for: duration)
        else { return nil }
        running.insert(id)
        records[id] = record
        return ClaimedJob(job: record.job, lease: lease)
    }

    package func renew(_ renewals: [LeaseRenewal], for duration: Duration) -> Set<JobLease> {
        let now = tidy()
        var lost: Set<JobLease> = []
        for renewal in renewals {
            let lease = renewal.lease
            do {
                try change(lease) { job throws(JobStoreError) in
                    try job.renew(lease, at: now, for: duration, progress: renewal.progress)
                }
            } catch {
                lost.insert(lease)
            }
        }
        return lost
    }

    package func complete(_ lease: JobLease, with work: FinishedWork) throws {
        let now = tidy()
        var record = try change(lease) { job throws(JobStoreError) in try job.complete(lease, with: work, at: now) }
        record.images = work.images
        speed.record(record.job.work, in: work.total)
        finish(record)
    }

    package func fail(_ lease: JobLease, because reason: FailureReason) throws {
        let now = tidy()
        finish(try change(lease) { job throws(JobStoreError) in try job.fail(lease, because: reason, at: now) })
    }

    package func handBack(_ lease: JobLease) throws {
        let now = tidy()
        requeue(try change(lease) { job throws(JobStoreError) in try job.handBack(lease, at: now) })
    }

    package func giveUp(_ lease: JobLease, attemptLimit: Int) throws {
        let now = tidy()
        let record = try change(lease) { job throws(JobStoreError) in
            try job.giveUp(lease, at: now, attemptLimit: attemptLimit)
        }
        record.job.state.isFinished ? finish(record) : requeue(record)
    }

    package func rescue(attemptLimit: Int) -> RescueReport {
        let now = tidy()
        var report = RescueReport()
        for id in running {
            guard var record = records[id], record.job.rescue(at: now, attemptLimit: attemptLimit) else { continue }
            if record.job.state.isFinished {
                report.failed.append(id)
                finish(record)
            } else {
                report.requeued.append(id)
                requeue(record)
            }
        }
        return report
    }

    private func requeue(_ record: Record) {
        running.remove(record.job.id)
        records[record.job.id] = record
        enqueue(record)
    }

    @discardableResult
    private func change(
        _ lease: JobLease, _ transition: (inout Job) throws(JobStoreError) -> Void
    ) throws(JobStoreError) -> Record {
        guard var record = records[lease.job] else { throw .leaseLost(lease) }
        try transition(&record.job)
        records[lease.job] = record
        return record
    }
}
