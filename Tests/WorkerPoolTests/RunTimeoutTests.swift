import JobQueue
import Synchronization
import Testing
import WorkerPool

/// What becomes of a run that hangs.
@Suite(.timeLimit(.minutes(1)))
struct RunTimeoutTests {
    private func settings(workerCount: Int) -> WorkerSettings {
        var settings = WorkerSettings.quick(workerCount: workerCount)
        settings.runTimeout = .milliseconds(200)
        return settings
    }

    @Test func `a run without progress is given up, the log says so, and another worker does the job`() async throws {
        let log = RecordedLog()
        let harness = WorkerHarness(settings(workerCount: 2), logger: log.logger)
        harness.script.set { ($0.isOpen, $0.hangs) = (false, 1) }
        try await harness.run {
            let id = try await harness.submit()
            try await harness.eventually { harness.script.read(\.started.count) == 2 }
            let line = try #require(log.lines.first)
            #expect(line.message.hasPrefix("run given up") && line.metadata["job"] == id.description)
            harness.script.set { $0.isOpen = true }
            #expect(try await harness.finish(id).status == .completed)
            let job = try #require(try await harness.job(id))
            #expect(job.pastAttempts.map(\.end) == [.timedOut, .completed])
            #expect(Set(job.pastAttempts.map(\.worker)).count == 2)
        }
    }

    @Test func `a result that waits for the store is no run that hangs`() async throws {
        let log = RecordedLog()
        let outage = Outage()
        let store = DurableStore(beforeCompletion: outage.check)
        let harness = WorkerHarness(settings(workerCount: 2), store: store, logger: log.logger)
        try await harness.run {
            let id = try await harness.submit()
            try await harness.eventually { outage.refusals.withLock { $0 ?? 0 } >= 2 }
            outage.refusals.withLock { $0 = nil }
            #expect(try await harness.finish(id).status == .completed)
            #expect(try await harness.job(id)?.pastAttempts.map(\.end) == [.completed])
        }
        #expect(!log.lines.contains { $0.message.hasPrefix("run given up") })
    }

    @Test func `a job whose runs all hang fails, and its workers go on when they can`() async throws {
        let harness = WorkerHarness(settings(workerCount: 3))
        harness.script.set { ($0.isOpen, $0.hangs) = (false, 3) }
        try await harness.run {
            let id = try await harness.submit()
            guard case .failed(let failure) = try await harness.finish(id) else {
                Issue.record("not failed")
                return
            }
            #expect(failure.reason == .workerLost(attempts: 3))
            harness.script.set { $0.isOpen = true }
            #expect(try await harness.finish(try await harness.submit(seed: 2)).status == .completed)
        }
    }
}

/// A database that is away until the test says otherwise.
private final class Outage: Sendable {
    /// nil: it is over.
    let refusals = Mutex<Int?>(0)

    func check() throws {
        try refusals.withLock { refusals in
            guard let count = refusals else { return }
            refusals = count + 1
            throw JobStoreError.unavailable("away")
        }
    }
}
