import Dispatch
import Foundation
import Synchronization

/// Threads with a slot each, for what blocks: a server or a disk, for which no thread of the cooperative pool may wait.
final class ThreadPool<Slot>: Sendable {
    private enum Order: Sendable {
        case run(@Sendable (Slot) -> Void)
        case end
    }

    /// What the pool and its threads share; the threads do not keep the pool.
    private final class Orders: Sendable {
        private let waiting = Mutex<[Order]>([])
        private let count = DispatchSemaphore(value: 0)

        func give(_ order: Order) {
            waiting.withLock { $0.append(order) }
            count.signal()
        }

        func next() -> Order {
            count.wait()
            return waiting.withLock { $0.removeFirst() }
        }
    }

    private let orders = Orders()
    private let threadCount: Int

    /// - Parameter makeSlot: called once per thread, on the thread.
    init(named name: String, count: Int, makeSlot: @escaping @Sendable () -> Slot) {
        precondition(count >= 1)
        threadCount = count
        for index in 0..<count {
            let thread = Thread { [orders] in
                let slot = makeSlot()
                while case .run(let body) = orders.next() { body(slot) }
            }
            thread.name = "\(name)-\(index)"
            thread.start()
        }
    }

    deinit {
        for _ in 0..<threadCount { orders.give(.end) }
    }

    /// Runs the body on one of the threads.
    func run<T: Sendable>(_ body: @escaping @Sendable (Slot) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            orders.give(.run { slot in continuation.resume(with: Result { try body(slot) }) })
        }
    }
}
