import Dispatch
import Foundation
import Synchronization

/// Threads with a connection each: libpq waits for the server, which no thread of the cooperative pool may do.
final class PostgreSQLPool: Sendable {
    private enum Order: Sendable {
        case run(@Sendable (Slot) -> Void)
        case end
    }

    /// The connection of one thread, made when it is needed and after it was lost.
    final class Slot {
        private let address: String
        private var connection: PostgreSQLConnection?

        init(_ address: String) { self.address = address }

        /// - Throws: `PostgreSQLError`.
        func connected() throws(PostgreSQLError) -> PostgreSQLConnection {
            if let connection, connection.isAlive { return connection }
            connection = nil
            let new = try PostgreSQLConnection(address)
            connection = new
            return new
        }

        func disconnect() { connection = nil }
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

    init(_ address: String, connections: Int) {
        precondition(connections >= 1)
        threadCount = connections
        for index in 0..<connections {
            let thread = Thread { [orders] in
                let slot = Slot(address)
                while case .run(let body) = orders.next() { body(slot) }
            }
            thread.name = "postgresql-\(index)"
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
