import Generation
import JobQueue
import Logging
import Synchronization

/// Renews the leases of all the jobs that a process runs, in one go, and stops the runs whose lease is lost.
final class LeaseKeeper: Sendable {
    private struct Run {
        let control: RunControl
        var reported: GenerationProgress?
    }

    private let queue: JobQueue
    private let settings: WorkerSettings
    private let logger: Logger
    private let runs = Mutex<[JobLease: Run]>([:])

    init(_ queue: JobQueue, _ settings: WorkerSettings, _ logger: Logger) {
        self.queue = queue
        self.settings = settings
        self.logger = logger
    }

    func add(_ lease: JobLease, _ control: RunControl) {
        runs.withLock { $0[lease] = Run(control: control) }
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
