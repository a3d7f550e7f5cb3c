import JobQueue
import Logging
import ServiceLifecycle
import Testing
import WorkerPool

struct WorkerShutdownTests {
    private struct NoGenerator: Error {}

    @Test func `a graceful shutdown finishes running jobs and leaves queued ones alone`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.isOpen = false }
        var ids: [JobID] = []
        try await harness.run {
            ids = [try await harness.submit(seed: 1), try await harness.submit(seed: 2)]
            try await harness.eventually { harness.script.read(\.runningCount) == 1 }
            await harness.group.triggerGracefulShutdown()
            try await harness.eventually { harness.service.phase == .draining }
            harness.script.set { $0.isOpen = true }
        }
        #expect(try await harness.job(ids[0])?.state.status == .completed)
        #expect(try await harness.job(ids[1])?.state.status == .queued)
    }

    @Test func `a job that outlasts the limit of the shutdown fails, and says why`() async throws {
        let harness = WorkerHarness(.quick(shutdownLimit: .milliseconds(30)))
        harness.script.set { $0.isOpen = false }
        var id: JobID?
        try await harness.run {
            id = try await harness.submit()
            try await harness.eventually { harness.script.read(\.runningCount) == 1 }
        }
        guard case .failed(let failure)? = try await harness.job(try #require(id))?.state else {
            Issue.record("not failed")
            return
        }
        #expect(failure.reason == .interrupted)
    }

    @Test func `a job that outlasts the limit of the shutdown is handed back where the store outlives the service`()
        async throws
    {
        let harness = WorkerHarness(.quick(shutdownLimit: .milliseconds(30)), store: DurableStore())
        harness.script.set { $0.isOpen = false }
        var id: JobID?
        try await harness.run {
            id = try await harness.submit()
            try await harness.eventually { harness.script.read(\.runningCount) == 1 }
        }
        let known = try #require(id)
        let job = try #require(try await harness.job(known))
        #expect(job.state == .queued)
        #expect((job.attempts, job.handBacks) == (1, 1))
    }

    @Test func `a shutdown answers who waits for a queued job while the running one goes on`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.isOpen = false }
        try await harness.run {
            _ = try await harness.submit(seed: 1)
            try await harness.eventually { harness.script.read(\.runningCount) == 1 }
            let queued = try await harness.submit(seed: 2)
            let waiting = Task { try await harness.queue.waitUntilFinished(queued, upTo: .seconds(600)) }
            await harness.group.triggerGracefulShutdown()
            #expect(try await waiting.value.value?.job.state == .queued)
            #expect(harness.script.read(\.runningCount) == 1)
            harness.script.set { $0.isOpen = true }
        }
    }

    @Test func `generators are gone when the service has stopped`() async throws {
        let harness = WorkerHarness(workers: 2)
        try await harness.run {
            try await harness.eventually { harness.service.phase == .ready }
            #expect(harness.script.read(\.generatorCount) == 2)
        }
        #expect(harness.script.read(\.generatorCount) == 0)
    }

    @Test func `the service is loading until every worker has its generator`() {
        #expect(WorkerHarness().service.phase == .loading)
    }

    @Test func `a generator that cannot be made stops the service with its error`() async throws {
        let service = WorkerService(
            process: .example(workers: 2), queue: JobQueue(InMemoryJobStore()), settings: .quick(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) {
            throw NoGenerator()
        }
        await #expect(throws: NoGenerator.self) { try await service.run() }
    }

    @Test func `cancelling the service interrupts what runs`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.isOpen = false }
        let id = try await harness.submit()
        let running = Task { try await harness.service.run() }
        try await harness.eventually { harness.script.read(\.runningCount) == 1 }
        running.cancel()
        _ = await running.result
        #expect(try await harness.job(id)?.state.status == .failed)
    }
}
