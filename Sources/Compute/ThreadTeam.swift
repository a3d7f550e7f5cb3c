import Foundation
import Synchronization

/// A few threads that share the chunks of one operation with the thread that calls.
///
/// How an operation is cut into chunks is its own choice, made from shapes alone; the team only decides who computes
/// which. So results do not depend on the number of threads.
final class ThreadTeam {
    /// Threads that take part, the caller included.
    let threadCount: Int
    private let shared = Shared()

    init(threadCount: Int) {
        self.threadCount = max(1, threadCount)
        for _ in 1..<self.threadCount {
            let thread = Thread { [shared] in shared.serve() }
            thread.name = "underpaint-compute"
            thread.start()
        }
    }

    deinit {
        shared.stop()
    }

    /// Runs `body` once for every chunk 0..<chunks and returns when all are done.
    func run(chunks: Int, _ body: (Int) -> Void) {
        guard threadCount > 1, chunks > 1 else {
            for chunk in 0..<chunks { body(chunk) }
            return
        }
        withoutActuallyEscaping(body) { body in shared.run(chunks: chunks, helpers: threadCount - 1, body) }
    }
}

/// What the caller and the helping threads see of each other.
private final class Shared: Sendable {
    /// How often a helper looks for work before it sleeps: about 20 microseconds, the gap between two operations.
    private static let spins = 2_000

    /// Each published operation has the next number; helpers wait for it to move.
    private let generation = Atomic<Int>(0)
    private let nextChunk = Atomic<Int>(0)
    private let busyHelpers = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let work = Mutex(Work())
    private let wakeUp = NSCondition()

    struct Work: @unchecked Sendable {  // The body is called only while `run` waits for it.
        var body: ((Int) -> Void)?
        var chunks = 0
    }

    func run(chunks: Int, helpers: Int, _ body: @escaping (Int) -> Void) {
        let operation = Work(body: body, chunks: chunks)
        work.withLock { $0 = operation }
        nextChunk.store(0, ordering: .relaxed)
        busyHelpers.store(helpers, ordering: .relaxed)
        wakeUp.lock()
        generation.add(1, ordering: .releasing)
        wakeUp.broadcast()
        wakeUp.unlock()
        takeChunks(of: operation)
        while busyHelpers.load(ordering: .acquiring) > 0 { pause() }
        work.withLock { $0 = Work() }
    }

    func serve() {
        var seen = 0
        while let next = waitForWork(after: seen) {
            seen = next
            takeChunks(of: work.withLock { $0 })
            busyHelpers.subtract(1, ordering: .releasing)
        }
    }

    func stop() {
        wakeUp.lock()
        stopped.store(true, ordering: .releasing)
        wakeUp.broadcast()
        wakeUp.unlock()
    }

    private func takeChunks(of operation: Work) {
        guard let body = operation.body else { return }
        while true {
            let chunk = nextChunk.add(1, ordering: .relaxed).oldValue
            guard chunk < operation.chunks else { return }
            body(chunk)
        }
    }

    /// The number of the next operation, or nil when the team has ended.
    private func waitForWork(after seen: Int) -> Int? {
        for _ in 0..<Self.spins {
            let now = generation.load(ordering: .acquiring)
            if now != seen { return now }
            pause()
        }
        wakeUp.lock()
        defer { wakeUp.unlock() }
        while true {
            let now = generation.load(ordering: .acquiring)
            if now != seen { return now }
            if stopped.load(ordering: .acquiring) { return nil }
            wakeUp.wait()
        }
    }

    private func pause() {
        sched_yield()
    }
}
