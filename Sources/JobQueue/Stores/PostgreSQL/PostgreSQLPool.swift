/// Threads with a connection each: libpq waits for the server.
typealias PostgreSQLPool = ThreadPool<PostgreSQLSlot>

extension ThreadPool where Slot == PostgreSQLSlot {
    convenience init(_ address: String, connections: Int) {
        self.init(named: "postgresql", count: connections) { PostgreSQLSlot(address) }
    }
}

/// The connection of one thread, made when it is needed and after it was lost.
final class PostgreSQLSlot {
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
