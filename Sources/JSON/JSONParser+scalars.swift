extension JSONParser {
    mutating func parseNumber() throws(JSONSyntaxError) -> Double {
        let start = offset
        _ = skip("-")
        // No leading zeros: a 0 stands alone.
        if !skip("0"), skipDigits() == 0 { throw fault(.badNumber) }
        if skip("."), skipDigits() == 0 { throw fault(.badNumber) }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            if skipDigits() == 0 { throw fault(.badNumber) }
        }
        guard let value = Double(String(decoding: bytes[start..<offset], as: UTF8.self)), value.isFinite else {
            throw JSONSyntaxError(fault: .badNumber, byteOffset: start)
        }
        // Doubles of this size are whole numbers: rounding would make a valid seed of one that is none.
        if value.magnitude >= 0x1p52, hasFraction(bytes[start..<offset]) {
            throw JSONSyntaxError(fault: .lostFraction, byteOffset: start)
        }
        return value
    }

    /// Of a number without an exponent.
    private func hasFraction(_ number: ArraySlice<UInt8>) -> Bool {
        guard !number.contains(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }),
            let point = number.firstIndex(of: UInt8(ascii: "."))
        else { return false }
        return number[number.index(after: point)...].contains { $0 != UInt8(ascii: "0") }
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        return offset - start
    }

    mutating func parseString() throws(JSONSyntaxError) -> String {
        offset += 1
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                offset += 1
                text += Array(String(try parseEscape()).utf8)
            case 0..<0x20:
                throw fault(.controlCharacter)
            default:
                offset += 1
                text.append(byte)
            }
        }
        throw fault(.unexpectedEnd)
    }

    private mutating func parseEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
        let simple: [(Unicode.Scalar, Unicode.Scalar)] = [
            ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"), ("r", "\r"),
            ("t", "\t"),
        ]
        for (letter, meaning) in simple where skip(letter) { return meaning }
        guard skip("u") else { throw fault(.badEscape) }
        let unit = try parseHexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // The first half of a surrogate pair; its other half has to follow.
        guard unit < 0xdc00, skip("\\"), skip("u") else { throw fault(.badEscape) }
        let low = try parseHexUnit()
        guard (0xdc00..<0xe000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        else { throw fault(.badEscape) }
        return scalar
    }

    private mutating func parseHexUnit() throws(JSONSyntaxError) -> UInt32 {
        let digits = bytes[offset...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault(.badEscape) }
        offset += 4
        return unit
    }
}
