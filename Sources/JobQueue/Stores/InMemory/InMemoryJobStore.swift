package import FoundationEssentials
package import Generation

/// Jobs of one process, gone when it ends. Both the queue and what is kept of finished jobs are bounded.
package actor InMemoryJobStore: JobStore {
    struct Record {
        var job: Job
        let sequence: Int
        var images: [StoredImage] = []
    }

    enum Event: Hashable {
        case work
        case finish(JobID)
    }

    let limits: InMemoryLimits
    private let now: @Sendable () -> Date
    var records: [JobID: Record] = [:]
    private var line = JobLine()
    private var submittedCount = 0
    private var running: Set<JobID> = []
    /// Finished jobs that are kept, in the order in which they finished.
    var finished: [JobID] = []
    var retainedByteCount = 0
    var forgotten: RecentWindow<JobID>
    private var speed = SpeedMeter()
    var waiters = Waiters<Event>()
    /// No queued job is overdue before this.
    private var nextDeadline = Date.distantFuture

    /// - Parameter now: the clock of timestamps, leases, deadlines and ages.
    package init(limits: InMemoryLimits = .init(), now: @escaping @Sendable () -> Date = { Date() }) {
        self.limits = limits
        self.now = now
        forgotten = RecentWindow(limit: limits.forgottenIDs)
    }

    package func submit(_ request: GenerationRequest) throws -> Job {
        let now = tidy()
        guard line.places.count < limits.queuedJobs else { throw JobStoreError.queueFull(limit: limits.queuedJobs) }
        let job = Job(request: request, createdAt: now)
        submittedCount += 1
        records[job.id] = Record(job: job, sequence: submittedCount)
        enqueue(job.id)
        return job
    }

    package func claim(by worker: WorkerID, for duration: Duration) -> ClaimedJob? {
        let now = tidy()
        guard
            let id = line.takeFirst(), var record = records[id],
            let lease = record.job.start(by: worker, at: now, for: duration)
        else { return nil }
        running.insert(id)
        records[id] = record
        return ClaimedJob(job: record.job, lease: lease)
    }

    package func renew(_ lease: JobLease, for duration: Duration, progress: GenerationProgress?) throws {
        let now = tidy()
        guard var job = records[lease.job]?.job else { throw JobStoreError.leaseLost(lease) }
        try job.renew(lease, at: now, for: duration, progress: progress)
        records[lease.job]?.job = job
    }

    package func complete(_ lease: JobLease, with work: FinishedWork) throws {
        let now = tidy()
        guard var record = records[lease.job] else { throw JobStoreError.leaseLost(lease) }
        try record.job.complete(lease, with: work, at: now)
        record.images = work.images
        speed.record(total: work.total, images: work.images.count)
        finish(record)
    }

    package func fail(_ lease: JobLease, because reason: FailureReason) throws {
        let now = tidy()
        guard var record = records[lease.job] else { throw JobStoreError.leaseLost(lease) }
        try record.job.fail(lease, because: reason, at: now)
        finish(record)
    }

    package func cancel(_ id: JobID) -> Lookup<Job> {
        let now = tidy()
        if var record = records[id], record.job.cancel(at: now) { finish(record) }
        return lookUp(id) { $0.job }
    }

    package func job(_ id: JobID) -> Lookup<Job> {
        tidy()
        return lookUp(id) { $0.job }
    }

    package func image(_ id: JobID, _ index: Int) -> Lookup<StoredImage> {
        tidy()
        return lookUp(id) { record in record.images.first { $0.facts.index == index } }
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
                running.remove(id)
                records[id] = record
                enqueue(id)
            }
        }
        return report
    }

    package func status() -> QueueStatus {
        tidy()
        return QueueStatus(
            queuedJobs: line.places.count, runningJobs: running.count,
            queuedImages: line.places.reduce(0) { $0 + $1.imageCount },
            runningImages: running.reduce(0) { $0 + (records[$1]?.job.request.count ?? 0) },
            recentTimePerImage: speed.timePerImage)
    }

    package func position(of id: JobID) -> QueuePosition? {
        tidy()
        return line.position(of: id)
    }

    /// Whether jobs wait for a worker.
    var hasWork: Bool { !line.places.isEmpty }

    private func enqueue(_ id: JobID) {
        guard let record = records[id] else { return }
        line.insert(
            .init(
                id: id, priority: record.job.request.priority, sequence: record.sequence,
                imageCount: record.job.request.count))
        nextDeadline = min(nextDeadline, record.job.expiresAt ?? .distantFuture)
        waiters.wakeAll(for: .work)
    }

    private func finish(_ record: Record) {
        let id = record.job.id
        records[id] = record
        line.remove(id)
        running.remove(id)
        finished.append(id)
        retainedByteCount += record.images.reduce(0) { $0 + $1.png.count }
        waiters.wakeAll(for: .finish(id))
        forgetSurplus()
    }

    /// Every verb begins with this: what time did on its own is caught up with.
    @discardableResult
    func tidy() -> Date {
        let now = now()
        if now >= nextDeadline {
            nextDeadline = .distantFuture
            for place in line.places {
                guard var record = records[place.id] else { continue }
                if record.job.expire(at: now) {
                    finish(record)
                } else {
                    nextDeadline = min(nextDeadline, record.job.expiresAt ?? .distantFuture)
                }
            }
        }
        forgetAged(at: now)
        return now
    }
}
