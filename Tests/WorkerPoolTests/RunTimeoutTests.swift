import Generation
import JobQueue
import Synchronization
import Testing

@testable import WorkerPool

/// What becomes of a run that hangs.
@Suite(.timeLimit(.minutes(1)))
struct RunTimeoutTests {
    private var settings: WorkerSettings {
        var settings = WorkerSettings.quick()
        settings.runTimeout = .seconds(2)
        return settings
    }

    @Test func `a run without progress is given up, the log says so, and another worker does the job`() async throws {
        let log = RecordedLog()
        let harness = WorkerHarness(settings, workers: 2, logger: log.logger)
        harness.script.set { $0.hangs = 1 }
        try await harness.run {
            let id = try await harness.submit()
            #expect(try await harness.finish(id).status == .completed)
            let line = try #require(log.lines.first)
            #expect(line.message.hasPrefix("run given up") && line.metadata["job"] == id.description)
            let job = try #require(try await harness.job(id))
            #expect(job.pastAttempts.map(\.end) == [.timedOut, .completed])
            #expect(Set(job.pastAttempts.map(\.worker)).count == 2)
            harness.script.set { $0.isFreed = true }
        }
    }

    @Test func `a job whose runs all hang fails, and its workers go on when they can`() async throws {
        let harness = WorkerHarness(settings, workers: 3)
        harness.script.set { $0.hangs = 3 }
        try await harness.run {
            let id = try await harness.submit()
            guard case .failed(let failure) = try await harness.finish(id) else {
                Issue.record("not failed")
                return
            }
            #expect(failure.reason == .workerLost(attempts: 3))
            harness.script.set { $0.isFreed = true }
            #expect(try await harness.finish(try await harness.submit(seed: 2)).status == .completed)
        }
    }

    @Test func `only what makes no progress hangs, and no result that waits for the store`() throws {
        let clock = HandClock()
        let keeper = LeaseKeeper(
            JobQueue(InMemoryJobStore()), settings, RecordedLog().logger, now: { clock.now })
        let lively = (lease: JobLease(job: JobID(), worker: WorkerID("a"), attempt: 1), control: RunControl())
        let silent = (lease: JobLease(job: JobID(), worker: WorkerID("b"), attempt: 1), control: RunControl())
        let done = (lease: JobLease(job: JobID(), worker: WorkerID("c"), attempt: 1), control: RunControl())
        for run in [lively, silent, done] { keeper.add(run.lease, run.control) }
        done.control.noteReturn()
        clock.advance(by: .seconds(1))
        try lively.control.report(GenerationProgress(stage: .structure, step: 1, steps: 2))
        #expect(keeper.takeHung() == [])
        clock.advance(by: .seconds(1))
        // The same again is no progress.
        try lively.control.report(GenerationProgress(stage: .structure, step: 1, steps: 2))
        #expect(keeper.takeHung() == [silent.lease])
        #expect(silent.control.stopReason == .leaseLost)
        #expect(keeper.takeHung() == [])
        clock.advance(by: .seconds(1))
        #expect(keeper.takeHung() == [lively.lease])
    }
}

/// A clock that only the test moves.
private final class HandClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}
