package import Generation
package import JobQueue
package import Logging
import ServiceLifecycle
import Synchronization

/// The workers: claim jobs from a store, generate on their own threads, report back, rescue what others dropped.
///
/// After a graceful shutdown begins nothing new is claimed, and `run()` returns when the running jobs are done.
package final class WorkerService: Service {
    package enum Phase: Sendable, Equatable {
        /// Not every worker has its generator yet.
        case loading
        case ready
        /// Running jobs are finished, queued ones stay where they are.
        case draining
    }

    let queue: JobQueue
    let settings: WorkerSettings
    let logger: Logger
    let leases: LeaseKeeper
    private let process: ServiceProcess
    private let announcer: ProcessAnnouncer
    private let makeGenerator: @Sendable () throws -> any ImageGenerator
    private let progress = Mutex((loaded: 0, isDraining: false))

    /// - Parameters:
    ///   - process: this one, with the number of its workers, and the models that their generators have.
    ///   - makeGenerator: called once per worker, on the worker's thread.
    package init(
        process: ServiceProcess, queue: JobQueue, settings: WorkerSettings, logger: Logger,
        makeGenerator: @escaping @Sendable () throws -> any ImageGenerator
    ) {
        self.process = process
        self.queue = queue
        self.settings = settings
        self.logger = logger
        self.makeGenerator = makeGenerator
        leases = LeaseKeeper(queue, settings, logger)
        announcer = ProcessAnnouncer(process, queue, settings, logger)
    }

    package var phase: Phase {
        progress.withLock { progress in
            if progress.isDraining { return .draining }
            return progress.loaded < process.workers ? .loading : .ready
        }
    }

    /// - Throws: what `makeGenerator` throws.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.leases.renewRepeatedly() }
                group.addTask { await self.queue.sharePreviews() }
                group.addTask { await self.announcer.announceRepeatedly() }
                defer { group.cancelAll() }
                try await work()
            }
        } onGracefulShutdown: {
            self.progress.withLock { $0.isDraining = true }
            self.queue.close()
        }
        await logDroppedJobs()
    }

    /// Returns when the workers have ended.
    private func work() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<process.workers {
                group.addTask { try await self.work(as: WorkerID("\(self.process.id)-\(index)")) }
            }
            group.addTask { await self.rescueRepeatedly() }
            group.addTask { await self.forgetRepeatedly() }
            // Not `waitForAll`: that waits for the others before it throws the error of one.
            while try await group.next() != nil {}
        }
    }

    private func work(as worker: WorkerID) async throws {
        let thread = try await GeneratorThread(
            name: worker.description, stackByteCount: settings.stackByteCount, makeGenerator: makeGenerator)
        progress.withLock { $0.loaded += 1 }
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                guard
                    let claimed = try await queue.next(by: worker, models: announcer.models, for: settings.lease)
                else { break }
                await run(claimed, on: thread)
            } catch {
                logger.error("cannot claim a job", metadata: ["worker": "\(worker)", "error": "\(error)"])
                await untilShutdown { try await Task.sleep(for: .seconds(1)) }
            }
        }
        await thread.end()
    }

    private func rescueRepeatedly() async {
        await untilShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: self.settings.rescueInterval)
                do {
                    let report = try await self.queue.rescue(attemptLimit: self.settings.attemptLimit)
                    for id in report.requeued { self.logger.warning("rescued", metadata: ["job": "\(id)"]) }
                    for id in report.failed { self.logger.error("gave up", metadata: ["job": "\(id)"]) }
                } catch {
                    self.logger.error("cannot rescue", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Apart from rescue, which waits for nothing that is only about room.
    private func forgetRepeatedly() async {
        await untilShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: self.settings.forgettingInterval * Double.random(in: 0.9...1.1))
                do {
                    try await self.queue.forgetSurplus()
                } catch {
                    self.logger.error("cannot forget what is too much or too old", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Jobs that wait in a store that does not outlive the process are gone with it.
    private func logDroppedJobs() async {
        guard queue.isClosed, !queue.isDurable, let status = try? await queue.status(), status.queuedJobs > 0 else {
            return
        }
        logger.warning(
            "queued jobs dropped: the store ends with the process",
            metadata: ["jobs": .stringConvertible(status.queuedJobs)])
    }

    /// Runs an idle activity that a shutdown may cut short. What it throws is of no interest but to the log.
    private func untilShutdown(_ activity: @escaping @Sendable () async throws -> Void) async {
        do {
            try await cancelWhenGracefulShutdown(activity)
        } catch is CancellationError {
            // That is the cut.
        } catch {
            logger.error("worker service", metadata: ["error": "\(error)"])
        }
    }
}
