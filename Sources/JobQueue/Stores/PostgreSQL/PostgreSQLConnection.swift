internal import CPostgreSQL
import Glibc

/// One connection of one thread.
final class PostgreSQLConnection {
    private let handle: OpaquePointer
    private var prepared = PreparedStatements()

    /// - Parameter address: a URL or a connection string of libpq.
    /// - Throws: `PostgreSQLError`.
    init(_ address: String) throws(PostgreSQLError) {
        // A dead machine is noticed within seconds, not after the hours that TCP would wait.
        let settings = [
            "dbname": address, "fallback_application_name": "underpaint", "connect_timeout": "5", "keepalives": "1",
            "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "10000",
            "client_encoding": "UTF8",
        ]
        let keys = CStringArray(settings.map(\.key))
        let values = CStringArray(settings.map(\.value))
        guard let handle = unsafe PQconnectdbParams(keys.pointer, values.pointer, 1) else {
            throw PostgreSQLError(state: nil, message: "out of memory", isConnectionLost: true)
        }
        unsafe self.handle = unsafe handle
        guard unsafe PQstatus(handle) == CONNECTION_OK else { throw lost() }
        // Notices would go to standard error, past the log.
        unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { unsafe PQfinish(handle) }

    var isAlive: Bool { unsafe PQstatus(handle) == CONNECTION_OK }

    /// Runs statements without parameters.
    ///
    /// - Returns: the first column of the first row that the last one answers, if it answers any.
    /// - Throws: `PostgreSQLError`.
    @discardableResult
    func execute(_ statements: String) throws(PostgreSQLError) -> String? {
        let answer = unsafe PostgreSQLAnswer(PQexec(handle, statements))
        try check(answer)
        return answer.firstText
    }

    /// - Throws: `PostgreSQLError`; `SQLRow.Mismatch` for a type of column that no statement of ours asks for.
    func run(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        let parameters = PostgreSQLParameters(values)
        let count = Int32(values.count)
        guard let statement = prepared.statement(sql, parameters.types) else {
            let answer = unsafe PostgreSQLAnswer(
                PQexecParams(
                    handle, sql, count, parameters.types, parameters.pointers, parameters.lengths, parameters.formats, 1
                ))
            try check(answer)
            return try answer.rows()
        }
        if !statement.isThere {
            try check(unsafe PostgreSQLAnswer(PQprepare(handle, statement.name, sql, count, parameters.types)))
            prepared.note(statement.name, sql, parameters.types)
        }
        let answer = unsafe PostgreSQLAnswer(
            PQexecPrepared(
                handle, statement.name, count, parameters.pointers, parameters.lengths, parameters.formats, 1))
        try check(answer)
        return try answer.rows()
    }

    private func check(_ answer: borrowing PostgreSQLAnswer) throws(PostgreSQLError) {
        guard let refusal = answer.refusal else { return }
        guard isAlive else { throw lost() }
        if refusal.isOfPrepared { prepared.giveUp() }
        throw refusal
    }

    private func lost() -> PostgreSQLError {
        let message = unsafe String(cString: PQerrorMessage(handle)).split(separator: "\n").first.map(String.init)
        return PostgreSQLError(state: nil, message: message ?? "the connection is lost", isConnectionLost: true)
    }

    /// Waits for notifications, at most so long.
    ///
    /// - Returns: their payloads, oldest first; empty if there were none.
    /// - Throws: `PostgreSQLError` when the connection is lost.
    func notifications(within milliseconds: Int32) throws(PostgreSQLError) -> [String] {
        var socket = unsafe pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&socket, 1, milliseconds)
        guard unsafe PQconsumeInput(handle) == 1, isAlive else { throw lost() }
        var payloads: [String] = []
        while let notification = unsafe PQnotifies(handle) {
            unsafe payloads.append(String(cString: notification.pointee.extra))
            unsafe PQfreemem(notification)
        }
        return payloads
    }
}
