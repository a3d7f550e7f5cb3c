import JobQueue
import Testing
import WorkerPool

/// Which of its models a process runs.
struct WorkerModelTests {
    @Test func `a model with other weights than the agreed ones waits for those who have them, and the log says so`()
        async throws
    {
        var settings = WorkerSettings.quick()
        settings.lease = .seconds(1)
        let log = RecordedLog()
        let harness = WorkerHarness(settings, logger: log.logger)
        #expect(try await harness.queue.announce(.example("other", weights: "bb"), for: .seconds(600)) == [])
        try await harness.run {
            let id = try await harness.submit()
            try await harness.eventually { !log.lines.isEmpty }
            let line = try #require(log.lines.first)
            #expect(line.metadata["model"] == "fake")
            #expect(line.metadata["sha256"] == "aa" && line.metadata["agreed_sha256"] == "bb")
            #expect(try await harness.job(id)?.state == .queued)
            #expect(try await harness.queue.processes().map(\.refusals.count) == [0, 1])
            try await harness.queue.leave("other")
            #expect(try await harness.finish(id).status == .completed)
            #expect(try await harness.queue.processes().map(\.refusals.count) == [0])
        }
        #expect(try await harness.queue.processes() == [])
    }
}
