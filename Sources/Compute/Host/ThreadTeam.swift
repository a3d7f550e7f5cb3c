import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A few threads that share the chunks of one operation with the thread that calls.
///
/// How an operation is cut into chunks never reaches its arithmetic; the team only decides who computes which. So results
/// depend neither on the number of threads nor on when it changes. A helper that the system keeps waiting costs nothing
/// but its help: the caller takes whatever chunk nobody has taken.
final class ThreadTeam {
    /// Multiplications below which waking another thread costs more than it saves.
    private static let smallestSharedWork = 500_000

    /// Threads that can take part, the caller included.
    let threadCount: Int
    /// What the job may use of the process's cores; nil: all of the team.
    let share: CoreShare?
    private let board: Board

    init(threadCount: Int, share: CoreShare? = nil) {
        self.threadCount = max(1, threadCount)
        self.share = share
        board = Board(helpers: self.threadCount - 1)
        for index in 1..<self.threadCount {
            let thread = Thread { [board] in board.serve(thread: index) }
            thread.name = "underpaint-compute"
            thread.start()
        }
    }

    deinit {
        board.close()
    }

    /// Threads that an operation may use at the moment, the caller included.
    var presentThreads: Int { share.map { min(threadCount, $0.cores) } ?? threadCount }

    /// Runs `body` once for every chunk 0..<chunks and returns when all are done.
    /// - Parameters:
    ///   - work: about how many multiplications that is in all.
    ///   - body: gets the chunk, and who computes it: 0..<threadCount.
    func run(chunks: Int, work: Int = .max, _ body: @escaping (_ chunk: Int, _ thread: Int) -> Void) {
        let threads = min(presentThreads, chunks)
        guard threads > 1, work >= Self.smallestSharedWork else {
            for chunk in 0..<chunks { body(chunk, 0) }
            return
        }
        let operation = Operation(chunks: chunks, threads: threads, body)
        board.publish(operation)
        operation.takeChunks(thread: 0)
        operation.finish()
    }
}

/// One operation: chunks to take, and how many are not done yet.
private final class Operation {
    /// Those below this number take part.
    let threads: Int
    private let chunks: Int
    private let next = Atomic<Int>(0)
    private let remaining: Atomic<Int>
    /// nil once all chunks are done.
    private var body: ((Int, Int) -> Void)?

    init(chunks: Int, threads: Int, _ body: @escaping (Int, Int) -> Void) {
        self.chunks = chunks
        self.threads = threads
        remaining = Atomic(chunks)
        self.body = body
    }

    /// - Parameter thread: one that was called late, for an operation before, may find that it has no part in this one.
    func takeChunks(thread: Int) {
        guard thread < threads else { return }
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
    private let current = Mutex<Operation?>(nil)
    private let isClosed = Atomic<Bool>(false)
    /// Of the helpers, thread 1 first.
    private let bells: [Bell]

    init(helpers: Int) {
        bells = (0..<helpers).map { _ in Bell() }
    }

    /// Calls the helpers that take part. The others go on sleeping.
    func publish(_ operation: Operation) {
        current.withLock { $0 = operation }
        for bell in bells.prefix(operation.threads - 1) { bell.ring() }
    }

    func serve(thread: Int) {
        var heard = 0
        while true {
            heard = bells[thread - 1].wait(after: heard)
            if isClosed.load(ordering: .acquiring) { return }
            current.withLock { $0 }?.takeChunks(thread: thread)
        }
    }

    func close() {
        isClosed.store(true, ordering: .releasing)
        for bell in bells { bell.ring() }
    }
}

/// Calls one helper.
private final class Bell: Sendable {
    /// How often a helper listens before it sleeps: longer than the gap between two operations.
    private static let looks = 2_000

    private let rings = Atomic<Int>(0)
    private let isAsleep = Atomic<Bool>(false)
    private let wakeUp = NSCondition()

    /// Either this sees that the helper sleeps, or the helper sees the ring before it does: both write before they read, in
    /// one order for all.
    func ring() {
        rings.add(1, ordering: .sequentiallyConsistent)
        guard isAsleep.load(ordering: .sequentiallyConsistent) else { return }
        wakeUp.lock()
        wakeUp.signal()
        wakeUp.unlock()
    }

    /// Returns the number of rings so far, when there are more than before.
    func wait(after heard: Int) -> Int {
        for _ in 0..<Self.looks {
            let now = rings.load(ordering: .acquiring)
            if now != heard { return now }
            sched_yield()
        }
        wakeUp.lock()
        defer { wakeUp.unlock() }
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        defer { isAsleep.store(false, ordering: .relaxed) }
        while true {
            let now = rings.load(ordering: .sequentiallyConsistent)
            if now != heard { return now }
            wakeUp.wait()
        }
    }
}
