import Generation
import JobQueue
import Logging
import Sampler
import ServiceLifecycle
import Testing
import WorkerPool

/// A worker service over an in-memory store, running in a service group as in the real program.
struct WorkerHarness {
    let queue: JobQueue
    let script = FakeGenerator.Script()
    let service: WorkerService
    let group: ServiceGroup

    init(
        _ settings: WorkerSettings = .quick(), workers: Int = 1, store: any JobStore = InMemoryJobStore(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
        queue = JobQueue(store)
        let script = script
        service = WorkerService(
            process: .example(workers: workers), queue: queue, settings: settings, logger: logger
        ) {
            FakeGenerator(script)
        }
        group = ServiceGroup(services: [service], logger: logger)
    }

    /// Runs the service for as long as the body takes, then shuts it down gracefully.
    func run(_ body: () async throws -> Void) async throws {
        let running = Task { try await group.run() }
        do {
            try await body()
        } catch {
            script.set { $0.isOpen = true }
            running.cancel()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    func submit(seed: UInt64 = 1, count: Int = 1, priority: Int = 0, previews: Bool = false) async throws -> JobID {
        let request = GenerationRequest(
            model: "fake", classID: 0, className: "Thing", count: count, seed: seed, guidance: 1,
            guidanceSchedule: .constant, temperature: 1,
            sampler: SamplerPreset.mar64.settings(for: TokenGrid(height: 4, width: 4)), metadata: false,
            priority: priority, deadline: nil, previews: previews)
        return try await queue.submit(JobSubmission(request, work: Work(gflop: Double(count)))).snapshot.job.id
    }

    /// The job as it is.
    func job(_ id: JobID) async throws -> Job? { try await queue.job(id).value?.job }

    func finish(_ id: JobID) async throws -> JobState {
        let job = try #require(try await queue.waitUntilFinished(id, upTo: .seconds(20)).value?.job)
        try #require(job.state.isFinished)
        return job.state
    }

    /// Returns when the condition holds; fails the test if it never does.
    func eventually(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<4000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        try #require(await condition(), "the condition did not come true")
    }
}

extension WorkerSettings {
    static func quick(shutdownLimit: Duration = .seconds(20)) -> WorkerSettings {
        WorkerSettings(
            progressInterval: .milliseconds(5), rescueInterval: .milliseconds(10),
            shutdownLimit: shutdownLimit)
    }
}

extension ServiceProcess {
    static func example(_ id: String = "test", workers: Int = 1, weights: String = "aa") -> ServiceProcess {
        ServiceProcess(
            id: id, kind: .worker, host: "host", version: "1.2.3", workers: workers, threads: 1,
            models: ["fake": weights])
    }
}
