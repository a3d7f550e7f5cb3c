/// A value on its way into a statement or out of a row.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    static func integer(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    static func real(_ value: Double?) -> SQLValue { value.map { .real($0) } ?? .null }
    static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
}

/// One row of an answer.
struct SQLRow: Sendable {
    let values: [SQLValue]

    /// What a column was expected to be, and was not: the schema is not the one that this code was written for.
    struct Mismatch: Error, CustomStringConvertible {
        let column: Int
        let value: SQLValue
        let expected: String

        var description: String { "column \(column) of a row is \(value), not \(expected)" }
    }

    func integer(_ column: Int) throws -> Int64 {
        guard let value = try optionalInteger(column) else { throw mismatch(column, "an integer") }
        return value
    }

    func optionalInteger(_ column: Int) throws -> Int64? {
        switch values[column] {
        case .null: nil
        case .integer(let value): value
        case .real, .text, .bytes: throw mismatch(column, "an integer")
        }
    }

    func real(_ column: Int) throws -> Double {
        guard let value = try optionalReal(column) else { throw mismatch(column, "a number") }
        return value
    }

    func optionalReal(_ column: Int) throws -> Double? {
        switch values[column] {
        case .null: nil
        case .integer(let value): Double(value)
        case .real(let value): value
        case .text, .bytes: throw mismatch(column, "a number")
        }
    }

    func text(_ column: Int) throws -> String {
        guard let value = try optionalText(column) else { throw mismatch(column, "a text") }
        return value
    }

    func optionalText(_ column: Int) throws -> String? {
        switch values[column] {
        case .null: nil
        case .text(let value): value
        case .integer, .real, .bytes: throw mismatch(column, "a text")
        }
    }

    func bytes(_ column: Int) throws -> [UInt8] {
        guard case .bytes(let value) = values[column] else { throw mismatch(column, "bytes") }
        return value
    }

    private func mismatch(_ column: Int, _ expected: String) -> Mismatch {
        Mismatch(column: column, value: values[column], expected: expected)
    }
}
