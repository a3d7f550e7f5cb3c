import Generation
import JobQueue
import Logging
import Testing
import WorkerPool

struct WorkerServiceTests {
    @Test func `a job is generated and completed with the measured total`() async throws {
        let harness = WorkerHarness()
        try await harness.run {
            let id = try await harness.submit(seed: 5, count: 2)
            guard case .completed(let completion) = try await harness.finish(id) else {
                Issue.record("not completed")
                return
            }
            #expect(completion.images.map(\.seed) == [5, 6])
            #expect(completion.stages == [.vae(total: .milliseconds(2))])
            #expect(completion.total > .zero)
            #expect(try await harness.queue.image(id, 1).value?.png == [7])
        }
    }

    @Test func `a generator that throws fails the job, and the worker goes on`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.faultySeed = 13 }
        try await harness.run {
            let faulty = try await harness.submit(seed: 13)
            let sound = try await harness.submit(seed: 14)
            guard case .failed(let failure) = try await harness.finish(faulty) else {
                Issue.record("not failed")
                return
            }
            #expect(failure.reason == .generator("Fault()"))
            #expect(try await harness.finish(sound).status == .completed)
        }
    }

    @Test func `progress reaches the store while the job runs`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.isOpen = false }
        try await harness.run {
            let id = try await harness.submit()
            try await harness.eventually {
                guard case .running(let run)? = try await harness.job(id)?.state else { return false }
                return run.progress == GenerationProgress(stage: .structure, step: 1, steps: 2)
            }
            harness.script.set { $0.isOpen = true }
            _ = try await harness.finish(id)
        }
    }

    @Test func `cancelling a running job stops the generator, and the worker goes on`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.isOpen = false }
        try await harness.run {
            let id = try await harness.submit(seed: 1)
            try await harness.eventually { harness.script.read(\.runningCount) == 1 }
            _ = try await harness.queue.cancel(id)
            // The gate stays shut: only the cancellation can end the run.
            try await harness.eventually { harness.script.read(\.runningCount) == 0 }
            harness.script.set { $0.isOpen = true }
            #expect(try await harness.finish(try await harness.submit(seed: 2)).status == .completed)
            #expect(try await harness.job(id)?.state.status == .cancelled)
        }
    }

    @Test func `unfinished images are shown while the job runs, if its client asked, and not after`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.isOpen = false }
        try await harness.run {
            let id = try await harness.submit(count: 2, previews: true)
            try await harness.eventually { harness.queue.previews(of: id).map(\.png) == [[0]] }
            harness.script.set { $0.isOpen = true }
            _ = try await harness.finish(id)
            #expect(harness.queue.previews(of: id).isEmpty)
            harness.script.set { $0.isOpen = false }
            let other = try await harness.submit(seed: 3)
            try await harness.eventually { harness.script.read(\.started) == [1, 3] }
            #expect(harness.queue.previews(of: other).isEmpty)
            harness.script.set { $0.isOpen = true }
            _ = try await harness.finish(other)
        }
    }

    @Test func `higher priorities run first`() async throws {
        let harness = WorkerHarness()
        harness.script.set { $0.isOpen = false }
        try await harness.run {
            var ids = [try await harness.submit(seed: 0)]
            try await harness.eventually { harness.script.read(\.started) == [0] }
            for (seed, priority) in [(1, 0), (2, 9), (3, 0), (4, 9)] {
                ids.append(try await harness.submit(seed: UInt64(seed), priority: priority))
            }
            harness.script.set { $0.isOpen = true }
            for id in ids { _ = try await harness.finish(id) }
            #expect(harness.script.read(\.started) == [0, 2, 4, 1, 3])
        }
    }

    @Test func `as many jobs run at once as there are workers`() async throws {
        let harness = WorkerHarness(workers: 3)
        harness.script.set { $0.isOpen = false }
        try await harness.run {
            var ids: [JobID] = []
            for seed in 0..<7 { ids.append(try await harness.submit(seed: UInt64(seed))) }
            try await harness.eventually { harness.script.read(\.runningCount) == 3 }
            #expect(try await harness.queue.status().queuedJobs == 4)
            harness.script.set { $0.isOpen = true }
            for id in ids { #expect(try await harness.finish(id).status == .completed) }
            #expect(harness.script.read(\.mostRunning) == 3)
        }
    }

    @Test func `a job whose worker fell silent is rescued and done by another`() async throws {
        let harness = WorkerHarness()
        let id = try await harness.submit()
        // A worker of another service that is gone right after the claim.
        _ = try await harness.queue.next(by: WorkerID("gone"), models: ["fake"], for: .milliseconds(30))
        try await harness.run {
            let state = try await harness.finish(id)
            #expect(state.status == .completed)
            #expect(try await harness.job(id)?.attempts == 2)
        }
    }

    @Test func `a long job keeps its lease`() async throws {
        var settings = WorkerSettings.quick()
        settings.lease = .seconds(1)
        let harness = WorkerHarness(settings, workers: 2)
        harness.script.set { $0.isOpen = false }
        try await harness.run {
            let id = try await harness.submit()
            try await Task.sleep(for: .seconds(2))
            harness.script.set { $0.isOpen = true }
            #expect(try await harness.finish(id).status == .completed)
            #expect(try await harness.job(id)?.attempts == 1)
        }
    }
}
