import Generation
import JobQueue
import Logging
import ServiceLifecycle

extension WorkerService {
    /// Runs one claimed job to its end, and says in the store how it went.
    func run(_ claimed: ClaimedJob, on thread: GeneratorThread) async {
        let control = RunControl(show: previews(of: claimed))
        leases.add(claimed.lease, control)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.stopWhenCancelled(claimed, control) }
            let result = await withGracefulShutdownHandler {
                await thread.generate(claimed.job.request, control)
            } onGracefulShutdown: {
                self.stopAfterShutdownLimit(control)
            }
            group.cancelAll()
            return result
        }
        queue.dropPreviews(of: claimed.lease)
        await deliver(result, of: claimed, control)
        leases.remove(claimed.lease)
    }

    /// Reports the result, again and again while the store is away: what was computed is worth waiting for.
    private func deliver(
        _ result: Result<FinishedWork, any Error>, of claimed: ClaimedJob, _ control: RunControl
    ) async {
        for attempt in 1... {
            do {
                return try await report(result, of: claimed, control)
            } catch JobStoreError.unavailable(let reason) where attempt < settings.deliveryLimit {
                if attempt == 1 {
                    log(.warning, "the store is away: the result waits", claimed, ["error": "\(reason)"])
                }
                // No sleep of the task's: it is cancelled when the service stops, which is no reason to lose the result.
                await Task.detached { try? await Task.sleep(for: .milliseconds(Int.random(in: 500...1500))) }.value
            } catch {
                // Not ours any more, or the store is away for good: then the lease expires and a rescuer decides.
                return log(.warning, "result dropped", claimed, ["error": "\(error)"])
            }
        }
    }

    /// Where previews go; nil if the job is one without.
    private func previews(of claimed: ClaimedJob) -> (@Sendable (ImagePreview) -> Void)? {
        guard claimed.job.request.previews else { return nil }
        return { [queue] preview in queue.show(preview, of: claimed.lease) }
    }

    private func report(
        _ result: Result<FinishedWork, any Error>, of claimed: ClaimedJob, _ control: RunControl
    ) async throws {
        let lease = claimed.lease
        switch (result, control.stopReason) {
        case (.success(let work), _):
            try await queue.complete(lease, with: work)
            let milliseconds = (work.total.seconds * 1e6).rounded() / 1000
            log(.info, "completed", claimed, ["ms": .stringConvertible(milliseconds)])
        case (.failure(is CancellationError), .leaseLost):
            log(.info, "stopped: cancelled or taken over", claimed)
        case (.failure(is CancellationError), .shutdown) where queue.isDurable:
            try await queue.handBack(lease)
            log(.warning, "handed back by the shutdown", claimed)
        case (.failure(is CancellationError), .shutdown):
            try await queue.fail(lease, because: .interrupted)
            log(.warning, "interrupted by the shutdown", claimed)
        case (.failure(let error), _):
            try await queue.fail(lease, because: .generator("\(error)"))
            log(.error, "failed", claimed, ["error": "\(error)"])
        }
    }

    /// Learns of a cancellation when it happens, not only at the next renewal.
    private func stopWhenCancelled(_ claimed: ClaimedJob, _ control: RunControl) async {
        await queue.waitUntilLost(claimed.lease, of: settings.lease)
        if !Task.isCancelled { control.stop(because: .leaseLost) }
    }

    private func stopAfterShutdownLimit(_ control: RunControl) {
        // Nobody waits for this: a run that ends first leaves it nothing to stop.
        Task {
            try await Task.sleep(for: settings.shutdownLimit)
            control.stop(because: .shutdown)
        }
    }

    private func log(
        _ level: Logger.Level, _ message: Logger.Message, _ claimed: ClaimedJob, _ more: Logger.Metadata = [:]
    ) {
        var metadata = claimed.job.logMetadata
        metadata["worker"] = "\(claimed.lease.worker)"
        metadata["attempt"] = .stringConvertible(claimed.lease.attempt)
        logger.log(level: level, message, metadata: metadata.merging(more) { $1 })
    }
}
