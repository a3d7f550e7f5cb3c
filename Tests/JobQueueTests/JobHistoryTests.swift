import Generation
import JobQueue
import Testing

/// What a listener hears of one job, over every store; with signals, and with all of them lost.
@Suite(.timeLimit(.minutes(1)))
struct JobHistoryTests {
    let clock = TestClock()

    @Test(arguments: QueueUnderTest.all)
    func `a listener hears the place, the progress and the end`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let first = try await queue.submitJob(.example())
        let job = try await queue.submitJob(.example())
        var history = queue.history(of: job.id).makeAsyncIterator()
        #expect(try await history.next()?.snapshot?.place?.position == 2)
        _ = try await queue.cancel(first.id)
        #expect(try await history.next()?.snapshot?.place?.position == 1)
        let lease = try #require(try await queue.claimNext()).lease
        #expect(try await history.next()?.snapshot?.job.state.status == .running)
        let progress = GenerationProgress(stage: .structure, step: 1, steps: 2)
        _ = try await queue.renew([LeaseRenewal(lease, progress: progress)], for: .seconds(10))
        guard case .running(let run)? = try await history.next()?.snapshot?.job.state else {
            Issue.record("not running")
            return
        }
        #expect(run.progress == progress)
        try await queue.complete(lease, with: .example())
        #expect(try await history.next()?.snapshot?.job.state.status == .completed)
        #expect(try await history.next() == nil)
    }

    @Test(arguments: QueueUnderTest.all)
    func `a slow listener misses what was in between, and never the end`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        var history = queue.history(of: job.id).makeAsyncIterator()
        #expect(try await history.next()?.snapshot?.job.state == .queued)
        let lease = try #require(try await queue.claimNext()).lease
        for step in 1...1000 {
            let progress = GenerationProgress(stage: .structure, step: step, steps: 1000)
            _ = try await queue.renew([LeaseRenewal(lease, progress: progress)], for: .seconds(10))
        }
        try await queue.complete(lease, with: .example())
        #expect(try await history.next()?.snapshot?.job.state.status == .completed)
        #expect(try await history.next() == nil)
    }

    @Test(arguments: QueueUnderTest.all)
    func `many listeners all hear the end while the job races through its states`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        try await withThrowingTaskGroup(of: JobState.Status?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    var last: JobState.Status?
                    for try await seen in queue.history(of: job.id) { last = seen.snapshot?.job.state.status }
                    return last
                }
            }
            let lease = try #require(try await queue.claimNext()).lease
            for step in 1...50 {
                let progress = GenerationProgress(stage: .structure, step: step, steps: 50)
                _ = try await queue.renew([LeaseRenewal(lease, progress: progress)], for: .seconds(10))
                if step.isMultiple(of: 10) { try await Task.sleep(for: .milliseconds(1)) }
            }
            try await queue.complete(lease, with: .example())
            for try await last in group { #expect(last == .completed) }
        }
    }

    @Test(arguments: QueueUnderTest.all)
    func `a job that is not there has a history of one answer`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        _ = try await queue.delete(job.id)
        for (id, answer) in [(job.id, Lookup<JobSnapshot>.forgotten), (JobID(), .unknown)] {
            var seen: [JobEvent] = []
            for try await element in queue.history(of: id) { seen.append(element) }
            #expect(seen == [.state(answer)])
        }
    }

    @Test(arguments: QueueUnderTest.all)
    func `a history ends when the service stops and the job will never run`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        let listening = Task {
            var count = 0
            for try await _ in queue.history(of: job.id) { count += 1 }
            return count
        }
        try await Task.sleep(for: .milliseconds(20))
        queue.close()
        #expect(try await listening.value >= 1)
    }

    @Test(arguments: QueueUnderTest.all)
    func `a listener sees each preview once, and a late one the newest of each image`(
        kind: QueueUnderTest
    ) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example(count: 2))
        var early = queue.history(of: job.id).makeAsyncIterator()
        #expect(try await early.next()?.snapshot?.job.state == .queued)
        let lease = try #require(try await queue.claimNext()).lease
        #expect(try await early.next()?.snapshot?.job.state.status == .running)
        for preview in [ImagePreview.example(0, step: 1), .example(1, step: 2), .example(0, step: 3)] {
            queue.show(preview, of: lease)
            #expect(try await early.next() == .preview(preview))
        }
        var late = queue.history(of: job.id).makeAsyncIterator()
        #expect(try await late.next()?.snapshot?.job.state.status == .running)
        #expect(try await late.next() == .preview(.example(0, step: 3)))
        #expect(try await late.next() == .preview(.example(1, step: 2)))
        queue.dropPreviews(of: lease)
        try await queue.complete(lease, with: .example(count: 2))
        #expect(try await early.next()?.snapshot?.job.state.status == .completed)
        #expect(try await late.next()?.snapshot?.job.state.status == .completed)
    }

    @Test func `previews of an attempt that is over are not shown, and take down no others`() async throws {
        let queue = JobQueue(InMemoryJobStore())
        let job = try await queue.submitJob(.example())
        let first = try #require(try await queue.claimNext()).lease
        queue.show(.example(0, step: 1), of: first)
        try await queue.handBack(first)
        let second = try #require(try await queue.claimNext(by: .second)).lease
        queue.show(.example(0, step: 2), of: second)
        queue.show(.example(0, step: 3), of: first)
        queue.dropPreviews(of: first)
        #expect(queue.previews(of: job.id) == [.example(0, step: 2)])
        queue.dropPreviews(of: second)
        #expect(queue.previews(of: job.id).isEmpty)
    }

    @Test(arguments: QueueUnderTest.all)
    func `another sign of life is no news`(kind: QueueUnderTest) async throws {
        let queue = try kind.make(clock: clock)
        let job = try await queue.submitJob(.example())
        let lease = try #require(try await queue.claimNext()).lease
        var history = queue.history(of: job.id).makeAsyncIterator()
        #expect(try await history.next()?.snapshot?.job.state.status == .running)
        _ = try await queue.renew([LeaseRenewal(lease, progress: nil)], for: .seconds(99))
        try await queue.complete(lease, with: .example())
        #expect(try await history.next()?.snapshot?.job.state.status == .completed)
    }

    @Test func `a listener that leaves is forgotten`() async throws {
        let signals = LocalSignals()
        let queue = JobQueue(InMemoryJobStore(), signals: signals)
        let job = try await queue.submitJob(.example())
        let listening = Task { for try await _ in queue.history(of: job.id) {} }
        while signals.subscriberCount(of: .progress(job.id)) == 0 { await Task.yield() }
        listening.cancel()
        _ = await listening.result
        #expect(signals.subscriberCount(of: .progress(job.id)) == 0)
    }
}
