package import FoundationEssentials
package import Generation

/// Jobs of one process, gone when it ends. Both the queue and what is kept of finished jobs are bounded.
package actor InMemoryJobStore: JobStore {
    struct Identity: Hashable {
        let owner: String
        let key: String
    }

    struct Record {
        var job: Job
        let sequence: Int
        let identity: Identity?
        var images: [StoredImage] = []
    }

    let limits: StoreLimits
    private let now: @Sendable () -> Date
    var records: [JobID: Record] = [:]
    var line = JobLine()
    private var submittedCount = 0
    private var submissions: [Identity: (job: JobID, requestHash: SHA256Digest)] = [:]
    var running: Set<JobID> = []
    /// Finished jobs that are kept, in the order in which they finished.
    var finished: [JobID] = []
    var retainedByteCount = 0
    var forgotten: RecentWindow<JobID>
    var speed = SpeedMeter()
    var isPaused = false
    /// No queued job is overdue before this.
    private var nextDeadline = Date.distantFuture

    package nonisolated var isDurable: Bool { false }

    /// - Parameter now: the clock of timestamps, leases, deadlines and ages.
    package init(limits: StoreLimits = .init(), now: @escaping @Sendable () -> Date = { Date() }) {
        self.limits = limits
        self.now = now
        forgotten = RecentWindow(limit: limits.forgottenIDs)
    }

    package func submit(_ submission: JobSubmission) throws -> AcceptedJob {
        let now = tidy()
        if let earlier = try earlierJob(of: submission) { return AcceptedJob(earlier.job.id, isNew: false) }
        guard line.places.count < limits.queuedJobs else { throw JobStoreError.queueFull(limit: limits.queuedJobs) }
        let job = Job(
            request: submission.request, work: submission.work, owner: submission.owner,
            requestID: submission.requestID, traceParent: submission.traceParent, createdAt: now)
        submittedCount += 1
        let identity = submission.identity
        if let identity, let hash = submission.idempotency?.requestHash { submissions[identity] = (job.id, hash) }
        let record = Record(job: job, sequence: submittedCount, identity: identity)
        records[job.id] = record
        enqueue(record)
        return AcceptedJob(record.job.id, isNew: true)
    }

    package func cancel(_ id: JobID) -> Lookup<JobSnapshot> {
        let now = tidy()
        if var record = records[id], record.job.cancel(at: now) { finish(record) }
        return lookUp(id, snapshot)
    }

    package func delete(_ id: JobID) -> Lookup<Job> {
        let now = tidy()
        if var record = records[id], record.job.cancel(at: now) { finish(record) }
        let last = lookUp(id) { $0.job }
        if let index = finished.firstIndex(of: id) { forget(at: index) }
        return last
    }

    package func job(_ id: JobID) -> Lookup<JobSnapshot> {
        tidy()
        return lookUp(id, snapshot)
    }

    package func list(_ selection: JobSelection) -> JobPage {
        tidy()
        let before = selection.cursor?.sequence ?? Int.max
        let wanted = records.values.filter { record in
            record.sequence < before && selection.owner.map { $0 == record.job.owner.name } ?? true
                && selection.statuses?.contains(record.job.state.status) ?? true
        }.sorted { $0.sequence > $1.sequence }
        let page = wanted.prefix(selection.limit)
        let next = page.count < wanted.count ? page.last.map { JobCursor(sequence: $0.sequence) } : nil
        return JobPage(jobs: page.map(snapshot), next: next)
    }

    package func image(_ id: JobID, _ index: Int) -> Lookup<StoredImage> {
        tidy()
        return lookUp(id) { record in record.images.first { $0.facts.index == index } }
    }

    package func status() -> QueueStatus {
        tidy()
        return presentStatus
    }

    package func census() -> QueueCensus {
        tidy()
        var census = QueueCensus()
        for record in records.values { census.add(record.job) }
        return census
    }

    package func setPaused(_ isPaused: Bool) { self.isPaused = isPaused }

    private var presentStatus: QueueStatus {
        let left = running.compactMap { records[$0]?.job.remainingWork }
        return QueueStatus(
            queuedJobs: line.places.count, runningJobs: running.count,
            queuedWork: line.places.reduce(.zero) { $0 + $1.work }, runningWork: left.reduce(.zero, +),
            leastRunningWork: left.min(), speed: speed.gflopPerSecond, isPaused: isPaused)
    }

    private func snapshot(of record: Record) -> JobSnapshot {
        JobSnapshot(job: record.job, place: line.place(of: record.job.id), status: presentStatus)
    }

    /// - Throws: `JobStoreError.idempotencyConflict`.
    private func earlierJob(of submission: JobSubmission) throws(JobStoreError) -> Record? {
        guard let idempotency = submission.idempotency, let identity = submission.identity,
            let earlier = submissions[identity]
        else { return nil }
        guard earlier.requestHash == idempotency.requestHash else {
            throw .idempotencyConflict(key: idempotency.key, job: earlier.job)
        }
        return records[earlier.job]
    }

    /// The place of a queued job is by its age, whether or not it was taken before.
    func enqueue(_ record: Record) {
        line.insert(
            .init(
                id: record.job.id, owner: record.job.owner, priority: record.job.request.priority,
                sequence: record.sequence,
                model: record.job.request.model, work: record.job.work))
        nextDeadline = min(nextDeadline, record.job.expiresAt ?? .distantFuture)
    }

    func finish(_ record: Record) {
        let id = record.job.id
        records[id] = record
        line.remove(id)
        running.remove(id)
        finished.append(id)
        retainedByteCount += record.byteCount
        record.job.reportEnd()
        if let end = record.job.state.finishedAt { forgetSurplus(at: end) }
    }

    func forget(at index: Int) {
        let id = finished.remove(at: index)
        if let record = records.removeValue(forKey: id) {
            retainedByteCount -= record.byteCount
            if let identity = record.identity { submissions[identity] = nil }
        }
        forgotten.append(id)
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
        forgetSurplus(at: now)
        return now
    }
}

extension JobSubmission {
    fileprivate var identity: InMemoryJobStore.Identity? {
        idempotency.map { .init(owner: owner.name, key: $0.key) }
    }
}

extension InMemoryJobStore.Record {
    var byteCount: Int { images.reduce(0) { $0 + $1.png.count } }
}
