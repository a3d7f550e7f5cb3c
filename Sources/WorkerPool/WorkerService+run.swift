import Generation
import JobQueue
import Logging
import ServiceLifecycle

extension WorkerService {
    /// Runs one claimed job to its end, and says in the store how it went.
    func run(_ claimed: ClaimedJob, on thread: GeneratorThread) async {
        let control = RunControl()
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.renewRepeatedly(claimed.lease, control) }
            group.addTask { await self.stopWhenCancelled(claimed.lease, control) }
            let result = await withGracefulShutdownHandler {
                await thread.generate(claimed.job.request, control)
            } onGracefulShutdown: {
                self.stopAfterShutdownLimit(control)
            }
            group.cancelAll()
            return result
        }
        do {
            try await report(result, of: claimed.lease, control)
        } catch {
            // Not ours any more, or the store is away: then the lease expires and a rescuer decides.
            log(.warning, "result dropped: \(error)", claimed.lease)
        }
    }

    private func report(
        _ result: Result<FinishedWork, any Error>, of lease: JobLease, _ control: RunControl
    ) async throws {
        switch (result, control.stopReason) {
        case (.success(let work), _):
            try await store.complete(lease, with: work)
            log(.info, "completed in \(work.total)", lease)
        case (.failure(is CancellationError), .leaseLost):
            log(.info, "stopped: cancelled or taken over", lease)
        case (.failure(is CancellationError), .shutdown):
            try await store.fail(lease, because: .interrupted)
            log(.warning, "interrupted by the shutdown", lease)
        case (.failure(let error), _):
            try await store.fail(lease, because: .generator("\(error)"))
            log(.error, "failed: \(error)", lease)
        }
    }

    /// Forwards progress when there is news, and renews the lease in good time when there is none.
    private func renewRepeatedly(_ lease: JobLease, _ control: RunControl) async {
        var reported: GenerationProgress?
        var renewedAt = ContinuousClock.now
        while control.stopReason == nil {
            do {
                try await Task.sleep(for: min(settings.progressInterval, settings.lease / 3))
            } catch {
                return
            }
            let progress = control.progress
            guard progress != reported || ContinuousClock.now - renewedAt >= settings.lease / 3 else { continue }
            do {
                try await store.renew(lease, for: settings.lease, progress: progress)
                reported = progress
                renewedAt = .now
            } catch JobStoreError.leaseLost {
                control.stop(because: .leaseLost)
            } catch {
                log(.warning, "cannot renew the lease: \(error)", lease)
            }
        }
    }

    /// Learns of a cancellation when it happens, not only at the next renewal.
    private func stopWhenCancelled(_ lease: JobLease, _ control: RunControl) async {
        while !Task.isCancelled {
            do {
                let job = try await store.waitUntilFinished(lease.job, upTo: settings.lease)
                if Task.isCancelled { return }
                guard case .found(let job) = job, !job.state.isFinished else {
                    return control.stop(because: .leaseLost)
                }
            } catch {
                // The renewal notices too, and logs.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func stopAfterShutdownLimit(_ control: RunControl) {
        // Nobody waits for this: a run that ends first leaves it nothing to stop.
        Task {
            try await Task.sleep(for: settings.shutdownLimit)
            control.stop(because: .shutdown)
        }
    }

    private func log(_ level: Logger.Level, _ message: String, _ lease: JobLease) {
        logger.log(
            level: level, "\(message)",
            metadata: ["job": "\(lease.job)", "worker": "\(lease.worker)", "attempt": "\(lease.attempt)"])
    }
}
