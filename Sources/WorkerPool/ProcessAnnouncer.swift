import JobQueue
import Logging
import Synchronization

/// Announces a process to the others of its store, and knows which of its models it may run.
final class ProcessAnnouncer: Sendable {
    /// A process falls out when it was silent for so many leases. It stops claiming one lease before that: by then the
    /// others may agree on other weights.
    private static let leasesUntilDeath = 3

    private struct State {
        var models: Set<String> = []
        var refusals: Set<ModelRefusal> = []
        /// After this the process may run none of them.
        var end: ContinuousClock.Instant?
    }

    private let process: ServiceProcess
    private let queue: JobQueue
    private let lease: Duration
    private let logger: Logger
    private let state = Mutex(State())

    init(_ process: ServiceProcess, _ queue: JobQueue, _ settings: WorkerSettings, _ logger: Logger) {
        self.process = process
        self.queue = queue
        lease = settings.lease
        self.logger = logger
    }

    /// Those that may be run now.
    var models: Set<String> {
        state.withLock { state in
            guard let end = state.end, .now < end else { return [] }
            return state.models
        }
    }

    /// Announces the process three times in a lease, until the task is cancelled, and then that it ends.
    func announceRepeatedly() async {
        repeat {
            await announce()
        } while (try? await Task.sleep(for: lease / 3)) != nil
        // Who cannot say it falls out by itself.
        try? await queue.leave(process.id)
    }

    private func announce() async {
        let start = ContinuousClock.now
        do {
            let refusals = try await queue.announce(process, for: lease * Self.leasesUntilDeath)
            take(refusals, end: start + lease * (Self.leasesUntilDeath - 1))
        } catch {
            logger.warning("cannot announce the process", metadata: ["process": "\(process.id)", "error": "\(error)"])
        }
    }

    private func take(_ refusals: [ModelRefusal], end: ContinuousClock.Instant) {
        let models = Set(process.models.keys).subtracting(refusals.map(\.model))
        let (new, past, hasGained) = state.withLock { state in
            let before = state
            state = State(models: models, refusals: Set(refusals), end: end)
            return (
                state.refusals.subtracting(before.refusals), before.refusals.subtracting(state.refusals),
                !models.subtracting(before.models).isEmpty
            )
        }
        for refusal in new {
            logger.error(
                """
                model refused: other weights of this name are in use. Give it another name, or stop the processes that \
                have the others
                """,
                metadata: [
                    "model": "\(refusal.model)", "sha256": "\(refusal.own)", "agreed_sha256": "\(refusal.agreed)",
                ])
        }
        for refusal in past where models.contains(refusal.model) {
            logger.notice("model admitted", metadata: ["model": "\(refusal.model)", "sha256": "\(refusal.own)"])
        }
        if hasGained { queue.wakeWorkers() }
    }
}
