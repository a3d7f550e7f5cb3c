internal import CPostgreSQL
import Glibc

/// Parameters of a statement in the form that libpq takes: text, and bytes as they are.
final class PostgreSQLParameters {
    let types: [Oid]
    let lengths: [Int32]
    let formats: [Int32]
    private(set) var pointers: [UnsafePointer<CChar>?] = []
    private var buffers: [UnsafeMutablePointer<CChar>] = []

    init(_ values: [SQLValue]) {
        types = values.map(\.type)
        let texts = values.map(\.bytes)
        lengths = texts.map { Int32($0?.count ?? 0) }
        formats = values.map { if case .bytes = $0 { 1 } else { 0 } }
        for bytes in texts {
            guard let bytes else {
                unsafe pointers.append(nil)
                continue
            }
            // Text ends with a zero, which bytes do not count.
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
            for (index, byte) in bytes.enumerated() { unsafe buffer[index] = CChar(bitPattern: byte) }
            unsafe buffer[bytes.count] = 0
            unsafe buffers.append(buffer)
            unsafe pointers.append(UnsafePointer(buffer))
        }
    }

    deinit {
        for buffer in unsafe buffers { unsafe buffer.deallocate() }
    }
}

/// Texts that end with a zero, and after them a nil.
final class CStringArray {
    private var strings: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) { unsafe strings = unsafe texts.map { unsafe strdup($0) } + [nil] }

    deinit {
        for string in unsafe strings { unsafe free(string) }
    }

    var pointer: [UnsafePointer<CChar>?] { unsafe strings.map { unsafe UnsafePointer($0) } }
}

extension SQLValue {
    fileprivate var type: Oid {
        switch self {
        case .null: 0
        case .integer: PostgreSQLType.bigint
        case .real: PostgreSQLType.double
        case .text: PostgreSQLType.text
        case .bytes: PostgreSQLType.bytes
        }
    }

    fileprivate var bytes: [UInt8]? {
        switch self {
        case .null: nil
        case .integer(let value): Array(String(value).utf8)
        case .real(let value): Array(String(value).utf8)
        case .text(let value): Array(value.utf8)
        case .bytes(let value): value
        }
    }
}
