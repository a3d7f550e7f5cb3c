import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A few threads that share the chunks of one operation with the thread that calls.
///
/// How an operation is cut into chunks is its own choice, made from shapes alone; the team only decides who computes
/// which. So results do not depend on the number of threads. A helper that the system keeps waiting costs nothing but its
/// help: the caller takes whatever chunk nobody has taken.
final class ThreadTeam {
    /// Multiplications below which waking another thread costs more than it saves.
    private static let smallestSharedWork = 500_000

    /// Threads that take part, the caller included.
    let threadCount: Int
    private let board = Board()

    init(threadCount: Int) {
        self.threadCount = max(1, threadCount)
        for index in 1..<self.threadCount {
            let thread = Thread { [board] in board.serve(thread: index) }
            thread.name = "underpaint-compute"
            thread.start()
        }
    }

    deinit {
        board.close()
    }

    /// Runs `body` once for every chunk 0..<chunks and returns when all are done.
    /// - Parameters:
    ///   - work: about how many multiplications that is in all.
    ///   - body: gets the chunk, and who computes it: 0..<threadCount.
    func run(chunks: Int, work: Int = .max, _ body: @escaping (_ chunk: Int, _ thread: Int) -> Void) {
        guard threadCount > 1, chunks > 1, work >= Self.smallestSharedWork else {
            for chunk in 0..<chunks { body(chunk, 0) }
            return
        }
        let operation = Operation(chunks: chunks, body)
        board.publish(operation)
        operation.takeChunks(thread: 0)
        operation.finish()
    }
}

/// One operation: chunks to take, and how many are not done yet.
private final class Operation {
    private let chunks: Int
    private let next = Atomic<Int>(0)
    private let remaining: Atomic<Int>
    /// nil once all chunks are done.
    private var body: ((Int, Int) -> Void)?

    init(chunks: Int, _ body: @escaping (Int, Int) -> Void) {
        self.chunks = chunks
        remaining = Atomic(chunks)
        self.body = body
    }

    func takeChunks(thread: Int) {
        while true {
            let chunk = next.add(1, ordering: .relaxed).oldValue
            guard chunk < chunks else { return }
            compute(chunk, thread)
            remaining.subtract(1, ordering: .releasing)
        }
    }

    /// In a call of its own, so that nothing holds the body any more when the chunk counts as done.
    @inline(never)
    private func compute(_ chunk: Int, _ thread: Int) { body?(chunk, thread) }

    /// Waits for all chunks, then lets go of the body, and so of the tensors in it: their memory is free for the next
    /// operation. A helper that comes late finds no chunk, so it never looks at the body.
    func finish() {
        while remaining.load(ordering: .acquiring) > 0 { sched_yield() }
        body = nil
    }
}

/// Immutable but for its counters, and for the body, which its caller takes away when nobody looks at it any more.
extension Operation: @unchecked Sendable {}

/// Where the caller puts up an operation and the helpers look for one.
private final class Board: Sendable {
    /// How often a helper looks for work before it sleeps: longer than the gap between two operations.
    private static let spins = 2_000

    private let generation = Atomic<Int>(0)
    private let current = Mutex<Operation?>(nil)
    private let isClosed = Atomic<Bool>(false)
    private let wakeUp = NSCondition()

    func publish(_ operation: Operation) {
        current.withLock { $0 = operation }
        wakeUp.lock()
        generation.add(1, ordering: .releasing)
        wakeUp.broadcast()
        wakeUp.unlock()
    }

    func serve(thread: Int) {
        var seen = 0
        while let next = waitForWork(after: seen) {
            seen = next
            current.withLock { $0 }?.takeChunks(thread: thread)
        }
    }

    func close() {
        wakeUp.lock()
        isClosed.store(true, ordering: .releasing)
        wakeUp.broadcast()
        wakeUp.unlock()
    }

    /// The number of the latest operation, or nil when the team has ended.
    private func waitForWork(after seen: Int) -> Int? {
        for _ in 0..<Self.spins {
            let now = generation.load(ordering: .acquiring)
            if now != seen { return now }
            sched_yield()
        }
        wakeUp.lock()
        defer { wakeUp.unlock() }
        while true {
            let now = generation.load(ordering: .acquiring)
            if now != seen { return now }
            if isClosed.load(ordering: .acquiring) { return nil }
            wakeUp.wait()
        }
    }
}
