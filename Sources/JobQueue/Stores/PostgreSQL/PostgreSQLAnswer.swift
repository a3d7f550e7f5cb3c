internal import CPostgreSQL

/// What the server said to one statement.
struct PostgreSQLAnswer: ~Copyable {
    private let handle: OpaquePointer?

    init(_ handle: OpaquePointer?) { unsafe self.handle = unsafe handle }

    deinit { unsafe PQclear(handle) }

    /// nil if the statement was carried out.
    var refusal: PostgreSQLError? {
        let status = unsafe PQresultStatus(handle)
        if status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK { return nil }
        return unsafe PostgreSQLError(
            state: field("C"), message: field("M") ?? "no answer",
            isConnectionLost: false)
    }

    /// - Parameter code: `PG_DIAG_SQLSTATE` is C, `PG_DIAG_MESSAGE_PRIMARY` is M.
    private func field(_ code: Unicode.Scalar) -> String? {
        unsafe PQresultErrorField(handle, Int32(code.value)).map { unsafe String(cString: $0) }
    }

    /// In the text format: the first column of the first row.
    var firstText: String? {
        guard unsafe PQntuples(handle) > 0 else { return nil }
        return unsafe PQgetvalue(handle, 0, 0).map { unsafe String(cString: $0) }
    }

    /// In the binary format (PostgreSQL, chapter 55: big-endian).
    func rows() throws -> [SQLRow] {
        let columns = unsafe 0..<PQnfields(handle)
        let types = columns.map { unsafe PQftype(handle, $0) }
        return try unsafe (0..<PQntuples(handle)).map { row in
            SQLRow(values: try columns.map { try value(row, $0, types[Int($0)]) })
        }
    }

    private func value(_ row: Int32, _ column: Int32, _ type: Oid) throws -> SQLValue {
        guard unsafe PQgetisnull(handle, row, column) == 0, let start = unsafe PQgetvalue(handle, row, column) else {
            return .null
        }
        let count = unsafe Int(PQgetlength(handle, row, column))
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        switch type {
        case PostgreSQLType.bigint, PostgreSQLType.integer, PostgreSQLType.smallint:
            let bits = unsafe bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            let shift = 64 - 8 * count
            return .integer(Int64(bitPattern: bits << UInt64(shift)) >> Int64(shift))
        case PostgreSQLType.double:
            return .real(Double(bitPattern: unsafe bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }))
        case PostgreSQLType.text, PostgreSQLType.varchar: return unsafe .text(String(decoding: bytes, as: UTF8.self))
        case PostgreSQLType.bytes: return unsafe .bytes(Array(bytes))
        case PostgreSQLType.void: return .null
        default:
            throw SQLRow.Mismatch(column: Int(column), value: .integer(Int(type)), expected: "of a known type")
        }
    }
}

/// Numbers of the types that our statements use (`pg_type.oid`).
enum PostgreSQLType {
    static let bytes: Oid = 17
    static let bigint: Oid = 20
    static let smallint: Oid = 21
    static let integer: Oid = 23
    static let text: Oid = 25
    static let double: Oid = 701
    static let varchar: Oid = 1043
    static let void: Oid = 2278
}
