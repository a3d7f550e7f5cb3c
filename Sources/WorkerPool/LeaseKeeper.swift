import Generation
import JobQueue
import Logging
import Synchronization

/// Renews the leases of all the jobs that a process runs, in one go, and stops the runs whose lease is lost.
///
/// A run that makes no progress is not renewed any more: it is given up, and another worker gets its job.
final class LeaseKeeper: Sendable {
    private struct Run {
        let control: RunControl
        var reported: GenerationProgress?
        var seen: GenerationProgress?
        /// When `seen` was last another.
        var movedAt: ContinuousClock.Instant
    }

    private let queue: JobQueue
    private let settings: WorkerSettings
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let runs = Mutex<[JobLease: Run]>([:])

    init(
        _ queue: JobQueue, _ settings: WorkerSettings, _ logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.queue = queue
        self.settings = settings
        self.logger = logger
    }

    func add(_ lease: JobLease, _ control: RunControl) {
        runs.withLock { $0[lease] = Run(control: control, movedAt: now()) }
    }

    func remove(_ lease: JobLease) {
        _ = runs.withLock { $0.removeValue(forKey: lease) }
    }

    /// Forwards progress when there is news, and renews the leases in good time when there is none; until the task is
    /// cancelled.
    func renewRepeatedly() async {
        let patience = settings.lease / 3
        var renewedAt = ContinuousClock.now
        while (try? await Task.sleep(for: min(settings.progressInterval, patience))) != nil {
            for lease in takeHung() { await giveUp(lease) }
            let isDue = ContinuousClock.now - renewedAt >= patience
            let renewals = renewals(ofAll: isDue)
            guard !renewals.isEmpty else { continue }
            do {
                let lost = try await queue.renew(renewals, for: settings.lease)
                note(renewals, lost)
                if isDue { renewedAt = .now }
            } catch {
                logger.warning(
                    "cannot renew the leases",
                    metadata: ["jobs": .stringConvertible(renewals.count), "error": "\(error)"])
            }
        }
    }

    /// Lets go of the runs that hang. One that goes on after all is stopped at its next report.
    func takeHung() -> [JobLease] {
        let now = now()
        return runs.withLock { runs in
            var hung: [JobLease] = []
            for (lease, run) in runs {
                // What takes long after that is the store.
                guard !run.control.isOver else { continue }
                let progress = run.control.progress
                if progress != run.seen {
                    runs[lease]?.seen = progress
                    runs[lease]?.movedAt = now
                    continue
                }
                guard now - run.movedAt >= settings.runTimeout else { continue }
                run.control.stop(because: .leaseLost)
                runs[lease] = nil
                hung.append(lease)
            }
            return hung
        }
    }

    private func giveUp(_ lease: JobLease) async {
        var facts: Logger.Metadata = [
            "job": "\(lease.job)", "worker": "\(lease.worker)", "attempt": .stringConvertible(lease.attempt),
            "timeout_s": .stringConvertible(settings.runTimeout.seconds),
        ]
        logger.error(
            """
            run given up: its generator makes no progress. Another worker gets the job; this one takes none until its \
            generator returns, or its process is started again
            """, metadata: facts)
        do {
            try await queue.giveUp(lease, attemptLimit: settings.attemptLimit)
        } catch JobStoreError.leaseLost {
            // Cancelled or rescued meanwhile.
        } catch {
            facts["error"] = "\(error)"
            logger.warning("the lease of the run is left to run out", metadata: facts)
        }
    }

    /// - Parameter ofAll: also of those that have no news.
    private func renewals(ofAll: Bool) -> [LeaseRenewal] {
        runs.withLock { runs in
            runs.compactMap { lease, run in
                let progress = run.control.progress
                guard ofAll || progress != run.reported else { return nil }
                return LeaseRenewal(lease, progress: progress == run.reported ? nil : progress)
            }
        }
    }

    private func note(_ renewals: [LeaseRenewal], _ lost: Set<JobLease>) {
        runs.withLock { runs in
            for renewal in renewals {
                if lost.contains(renewal.lease) { runs[renewal.lease]?.control.stop(because: .leaseLost) }
                if let progress = renewal.progress { runs[renewal.lease]?.reported = progress }
            }
        }
    }
}
