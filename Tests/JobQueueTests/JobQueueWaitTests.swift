import Generation
import JobQueue
import Testing

/// How callers are held until something happens, over every store; with signals, and with all of them lost.
@Suite(.timeLimit(.minutes(1)))
struct JobQueueWaitTests {
    enum Ending: CaseIterable {
        case complete, fail, cancel, delete
    }

    let clock = TestClock()

    @Test(arguments: QueueUnderTest.all, Ending.allCases)
    func `the end of a job wakes all who wait for it`(kind: QueueUnderTest, ending: Ending) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        let lease = try #require(try await queue.claimNext()).lease
        try await withThrowingTaskGroup(of: Lookup<JobSnapshot>.self) { group in
            for _ in 0..<3 { group.addTask { try await queue.waitUntilFinished(job.id, upTo: .seconds(600)) } }
            try await Task.sleep(for: .milliseconds(20))
            switch ending {
            case .complete: try await queue.complete(lease, with: .example())
            case .fail: try await queue.fail(lease, because: .interrupted)
            case .cancel: _ = try await queue.cancel(job.id)
            case .delete: _ = try await queue.delete(job.id)
            }
            for try await seen in group { #expect(seen.value?.job.state.isFinished ?? true) }
        }
    }

    @Test(arguments: QueueUnderTest.all)
    func `waiting ends with the time, and shows how far the job is`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        for limit in [Duration.milliseconds(10), .zero] {
            #expect(try await queue.waitUntilFinished(job.id, upTo: limit).value?.job == job)
        }
    }

    @Test(arguments: QueueUnderTest.all)
    func `nobody waits for a job that is finished or unknown`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        _ = try await queue.cancel(job.id)
        let finished = try await queue.waitUntilFinished(job.id, upTo: .seconds(600))
        #expect(finished.value?.job.state.status == .cancelled)
        #expect(try await queue.waitUntilFinished(JobID(), upTo: .seconds(600)) == .unknown)
    }

    @Test(arguments: QueueUnderTest.all)
    func `a cancelled task stops waiting at once`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        _ = try await queue.claimNext()
        let waiting = Task {
            async let finish = queue.waitUntilFinished(job.id, upTo: .seconds(600))
            async let work = queue.next(by: .second, models: ["fashion"], for: .seconds(10))
            return try await (seen: finish, claimed: work)
        }
        try await Task.sleep(for: .milliseconds(20))
        waiting.cancel()
        let result = try await waiting.value
        #expect(result.seen.value?.job.state.status == .running)
        #expect(result.claimed == nil)
    }

    @Test(arguments: QueueUnderTest.all)
    func `hundreds of callers come and go without one being left behind`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let limit: Duration = index.isMultiple(of: 3) ? .milliseconds(index / 10) : .seconds(600)
                    let waiting = Task { try await queue.waitUntilFinished(job.id, upTo: limit) }
                    if index % 3 == 1 { waiting.cancel() }
                    _ = try await waiting.value
                }
            }
            try await Task.sleep(for: .milliseconds(15))
            _ = try await queue.cancel(job.id)
            try await group.waitForAll()
        }
    }

    @Test(arguments: QueueUnderTest.all)
    func `work wakes workers that wait for it, and each gets its own`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        try await withThrowingTaskGroup(of: JobID?.self) { group in
            for index in 0..<4 {
                group.addTask {
                    try await queue.next(by: WorkerID("\(index)"), models: ["fashion"], for: .seconds(10))?.job.id
                }
            }
            try await Task.sleep(for: .milliseconds(20))
            var submitted: Set<JobID> = []
            for _ in 0..<4 { submitted.insert(try await queue.submitJob(.example()).id) }
            #expect(try await group.reduce(into: Set()) { $0.insert($1) } == Set(submitted.map { $0 as JobID? }))
        }
    }

    @Test(arguments: QueueUnderTest.all)
    func `closing the queue ends the waiting for work, and for jobs that will never run`(
        kind: QueueUnderTest
    ) async throws {
        let queue = try kind.make(clock: clock)
        let running = try await queue.submitJob(.example())
        let lease = try #require(try await queue.claimNext()).lease
        let queued = try await queue.submitJob(.example(model: "other"))
        async let work = queue.next(by: .second, models: ["fashion"], for: .seconds(10))
        async let dropped = queue.waitUntilFinished(queued.id, upTo: .seconds(600))
        async let finished = queue.waitUntilFinished(running.id, upTo: .seconds(600))
        try await Task.sleep(for: .milliseconds(20))
        queue.close()
        #expect(try await work == nil)
        if queue.isDurable {
            // Another process may run it.
            _ = try await queue.cancel(queued.id)
            #expect(try await dropped.value?.job.state.status == .cancelled)
        } else {
            #expect(queue.isAbandoned(try #require(try await dropped.value).job))
        }
        try await queue.complete(lease, with: .example())
        #expect(try await finished.value?.job.state.status == .completed)
        #expect(try await queue.next(by: .first, models: ["other"], for: .seconds(10)) == nil)
    }

    @Test func `a job that expires ends the waiting without any news`() async throws {
        let queue = JobQueue(InMemoryJobStore(), rereadInterval: .seconds(600))
        let job = try await queue.submitJob(.example(deadline: .milliseconds(50)))
        let seen = try await queue.waitUntilFinished(job.id, upTo: .seconds(600))
        #expect(seen.value?.job.state.status == .expired)
    }
}
