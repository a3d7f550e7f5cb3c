import FoundationEssentials

extension JobQueue {
    /// Claims the next job, and waits for one if none is queued.
    ///
    /// - Parameter models: names of what the worker may run; asked before each claim.
    /// - Returns: nil when the queue is closed or the task cancelled.
    package func next(
        by worker: WorkerID, models: @autoclosure @Sendable () -> Set<String>, for duration: Duration
    ) async throws -> ClaimedJob? {
        let subscription = signals.subscribe(to: [.work, .closing])
        while !isClosed && !Task.isCancelled {
            if let claimed = try await claim(by: worker, models: models(), for: duration) { return claimed }
            await subscription.wait(upTo: rereadDelay)
        }
        return nil
    }

    /// Returns the job when it is finished or will never be, after `limit`, or at once when the task is cancelled; look
    /// at its state.
    package func waitUntilFinished(_ id: JobID, upTo limit: Duration) async throws -> Lookup<JobSnapshot> {
        let end = ContinuousClock.now + limit
        let subscription = signals.subscribe(to: [.state(id), .closing])
        while true {
            let seen = try await job(id)
            let rest = end - .now
            guard let job = seen.value?.job, !job.state.isFinished, !isAbandoned(job), rest > .zero, !Task.isCancelled
            else { return seen }
            await subscription.wait(upTo: min(rest, delay(for: job)))
        }
    }

    /// Returns when a lease does not count any more, because the job is cancelled, finished or someone else's, or when the task
    /// is cancelled. It looks when it begins and when there is news of the job; what no news tell, the renewals of the process do.
    package func waitUntilLost(_ lease: JobLease, of duration: Duration) async {
        let subscription = signals.subscribe(to: [.state(lease.job)])
        while !Task.isCancelled {
            if let lost = try? await store.renew([LeaseRenewal(lease, progress: nil)], for: duration), !lost.isEmpty {
                return
            }
            await subscription.wait(upTo: .seconds(3600))
        }
    }

    /// Whether the job is queued and nobody will ever run it.
    package func isAbandoned(_ job: Job) -> Bool {
        isClosed && !isDurable && job.state == .queued
    }

    /// A queued job that expires sends no news: who waits for it looks when it does.
    func delay(for job: Job) -> Duration {
        guard job.state == .queued, let expiresAt = job.expiresAt else { return rereadDelay }
        // A little late rather than a little early, which would be twice.
        let untilExpiry = Duration.seconds(max(0, expiresAt.timeIntervalSinceNow) + 0.005)
        return min(rereadDelay, untilExpiry)
    }

    /// Waiters that began together do not look together for ever.
    var rereadDelay: Duration { rereadInterval * Double.random(in: 0.9...1.1) }
}
