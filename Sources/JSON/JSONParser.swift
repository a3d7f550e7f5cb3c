/// Strict reader of one JSON text (RFC 8259). Decision 0010 says why it is not Foundation's.
///
/// Refused beyond the grammar: a name twice in one object, nesting over the limit, numbers beyond a double, lone
/// surrogates. Memory is bounded by the text, the stack by the nesting limit.
package struct JSONParser {
    package static let depthLimit = 32

    let bytes: [UInt8]
    var offset = 0
    private var depth = 0

    /// - Throws: at the first fault.
    package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONSyntaxError(fault: .notUTF8, byteOffset: 0)
        }
        var parser = JSONParser(bytes: bytes)
        let value = try parser.parseValue()
        parser.skipSpace()
        guard parser.offset == bytes.count else { throw parser.unexpected(expecting: "the end") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func parseValue() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONSyntaxError) in try parser.parseObject() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONSyntaxError) in try parser.parseArray() }
        case UInt8(ascii: "\""): return .string(try parseString())
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try parseNumber())
        default:
            for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[offset...].starts(with: word.utf8) {
                offset += word.utf8.count
                return value
            }
            throw unexpected(expecting: "a value")
        }
    }

    private mutating func nested(
        _ parse: (inout JSONParser) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        guard depth < Self.depthLimit else { throw fault(.tooDeep(limit: Self.depthLimit)) }
        depth += 1
        defer { depth -= 1 }
        offset += 1
        return try parse(&self)
    }

    private mutating func parseArray() throws(JSONSyntaxError) -> JSONValue {
        var elements: [JSONValue] = []
        skipSpace()
        if skip("]") { return .array([]) }
        while true {
            elements.append(try parseValue())
            skipSpace()
            if skip("]") { return .array(elements) }
            guard skip(",") else { throw unexpected(expecting: "\",\" or \"]\"") }
        }
    }

    private mutating func parseObject() throws(JSONSyntaxError) -> JSONValue {
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if skip("}") { return .object([]) }
        while true {
            skipSpace()
            let nameOffset = offset
            guard peek == UInt8(ascii: "\"") else { throw unexpected(expecting: "a name in quotes") }
            let name = try parseString()
            guard names.insert(name).inserted else {
                throw JSONSyntaxError(fault: .duplicateName(name), byteOffset: nameOffset)
            }
            skipSpace()
            guard skip(":") else { throw unexpected(expecting: "\":\"") }
            members.append(.init(name: name, value: try parseValue()))
            skipSpace()
            if skip("}") { return .object(members) }
            guard skip(",") else { throw unexpected(expecting: "\",\" or \"}\"") }
        }
    }
}

extension JSONParser {
    /// The byte at the offset, nil at the end.
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { offset += 1 }
    }

    func fault(_ fault: JSONSyntaxError.Fault) -> JSONSyntaxError {
        JSONSyntaxError(fault: fault, byteOffset: offset)
    }

    func unexpected(expecting expected: String) -> JSONSyntaxError {
        guard let found = String(decoding: bytes[offset...].prefix(16), as: UTF8.self).first else {
            return fault(.unexpectedEnd)
        }
        return fault(.unexpected(found: found, expected: expected))
    }
}
