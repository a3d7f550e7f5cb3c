package import Generation
import Synchronization

/// A store of jobs and the news about them: every verb of the store, and the waiting that no store does by itself.
///
/// What changes is written first and told second. Who waits subscribes first and looks second, so no news falls
/// between; and looks again every `rereadInterval`, so lost news costs time and nothing else.
package final class JobQueue: Sendable {
    let store: any JobStore
    let signals: any JobSignals
    let board = PreviewBoard()
    /// nil: no other process runs jobs of this store.
    let exchange: (any PreviewExchange)?
    let registry: any ProcessRegistry
    /// Longest time between two looks at the store.
    let rereadInterval: Duration
    private let closed = Atomic(false)
    private let held = Atomic(false)

    package init(
        _ store: any JobStore, signals: any JobSignals = LocalSignals(),
        previews exchange: (any PreviewExchange)? = nil,
        processes registry: any ProcessRegistry = InMemoryProcessRegistry(), rereadInterval: Duration = .seconds(60)
    ) {
        precondition(rereadInterval > .zero)
        self.store = store
        self.signals = signals
        self.exchange = exchange
        self.registry = registry
        self.rereadInterval = rereadInterval
    }

    package var isDurable: Bool { store.isDurable }

    /// Whether this process claims no more jobs.
    package var isClosed: Bool { closed.load(ordering: .sequentiallyConsistent) }

    /// Whether this process claims no jobs until it is told to go on.
    package var isHeld: Bool { held.load(ordering: .sequentiallyConsistent) }

    /// Claims no jobs in this process, until `release`; what runs goes on. Other processes of the store are not concerned.
    package func hold() { held.store(true, ordering: .sequentiallyConsistent) }

    package func release() {
        held.store(false, ordering: .sequentiallyConsistent)
        signals.publish(.work)
    }

    /// Ends claiming in this process. Where the store is not durable nobody will run what is queued: who waits for that
    /// gets it as it is.
    package func close() {
        closed.store(true, ordering: .sequentiallyConsistent)
        signals.publish(.closing)
    }
}

// What clients do.
extension JobQueue {
    /// Workers learn of the job before its place in the queue is looked up, so it may run already in what is returned.
    ///
    /// - Throws: `JobStoreError.queueFull`, `.idempotencyConflict`.
    package func submit(_ submission: JobSubmission) async throws -> SubmittedJob {
        let accepted = try await store.submit(submission)
        if accepted.isNew { signals.publish(.work) }
        guard let snapshot = try await store.job(accepted.id).value else {
            throw JobStoreError.unavailable("a job that was accepted is deleted already")
        }
        return SubmittedJob(snapshot, isNew: accepted.isNew)
    }

    package func job(_ id: JobID) async throws -> Lookup<JobSnapshot> { try await store.job(id) }

    package func list(_ selection: JobSelection) async throws -> JobPage { try await store.list(selection) }

    package func image(_ id: JobID, _ index: Int) async throws -> Lookup<StoredImage> {
        try await store.image(id, index)
    }

    package func cancel(_ id: JobID) async throws -> Lookup<JobSnapshot> {
        defer { publishEnd(of: id) }
        return try await store.cancel(id)
    }

    package func delete(_ id: JobID) async throws -> Lookup<Job> {
        defer { publishEnd(of: id) }
        return try await store.delete(id)
    }

    package func status() async throws -> QueueStatus { try await store.status() }

    package func census() async throws -> QueueCensus { try await store.census() }

    /// Hands out no more jobs, to any worker; what runs goes on.
    package func pause() async throws { try await store.setPaused(true) }

    package func resume() async throws {
        try await store.setPaused(false)
        signals.publish(.work)
    }

    private func publishEnd(of id: JobID) {
        signals.publish(.state(id))
        signals.publish(.line)
    }
}

// What workers do.
extension JobQueue {
    /// - Returns: nil if nothing is queued that the worker can run, while this process is held, and once the queue is closed.
    func claim(by worker: WorkerID, models: Set<String>, for duration: Duration) async throws -> ClaimedJob? {
        guard !isClosed, !isHeld, let claimed = try await store.claim(by: worker, models: models, for: duration) else {
            return nil
        }
        if claimed.job.request.previews { board.open(claimed.lease) }
        signals.publish(.state(claimed.lease.job))
        signals.publish(.line)
        return claimed
    }

    package func renew(_ renewals: [LeaseRenewal], for duration: Duration) async throws -> Set<JobLease> {
        let lost = try await store.renew(renewals, for: duration)
        for renewal in renewals where renewal.progress != nil && !lost.contains(renewal.lease) {
            signals.publish(.progress(renewal.lease.job))
        }
        return lost
    }

    /// - Throws: `JobStoreError.leaseLost`.
    package func complete(_ lease: JobLease, with work: FinishedWork) async throws {
        try await store.complete(lease, with: work)
        signals.publish(.state(lease.job))
    }

    /// - Throws: `JobStoreError.leaseLost`.
    package func fail(_ lease: JobLease, because reason: FailureReason) async throws {
        try await store.fail(lease, because: reason)
        signals.publish(.state(lease.job))
    }

    /// - Throws: `JobStoreError.leaseLost`.
    package func handBack(_ lease: JobLease) async throws {
        try await store.handBack(lease)
        signals.publish(.state(lease.job))
        signals.publish(.work)
    }

    package func forgetSurplus() async throws { try await store.forgetSurplus() }

    /// - Throws: `JobStoreError.leaseLost`.
    package func giveUp(_ lease: JobLease, attemptLimit: Int) async throws {
        try await store.giveUp(lease, attemptLimit: attemptLimit)
        signals.publish(.state(lease.job))
        signals.publish(.work)
    }

    package func rescue(attemptLimit: Int) async throws -> RescueReport {
        let report = try await store.rescue(attemptLimit: attemptLimit)
        for id in report.requeued + report.failed { signals.publish(.state(id)) }
        if !report.requeued.isEmpty { signals.publish(.work) }
        return report
    }
}
