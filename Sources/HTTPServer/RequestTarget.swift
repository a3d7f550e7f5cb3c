/// The decoded request target (RFC 9112, section 3.2): origin form (`/path?query`), absolute form, or `*`.
struct RequestTarget: Sendable {
    /// Percent-decoded. An encoded slash is refused rather than decoded, because the decoded path could not tell it
    /// from a separator; so are control characters, which have no place in a path, a log line or a C string.
    let path: String
    /// Percent-decoded, `+` read as a space (as HTML forms and `URLSearchParams` write it).
    let query: [(name: String, value: String)]

    /// - Parameter raw: bytes between the method and the HTTP version.
    /// - Throws: `ServerError.malformedTarget`.
    init(_ raw: [UInt8]) throws(ServerError) {
        guard raw.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "#") }) else {
            throw .malformedTarget(reason: "the request target has a space, a control character or a fragment")
        }
        let local = Self.withoutAuthority(raw[...])
        let rawPath = local.prefix { $0 != UInt8(ascii: "?") }
        let rawQuery = local.dropFirst(rawPath.count + 1)

        guard rawPath.first == UInt8(ascii: "/") || raw == [UInt8(ascii: "*")] else {
            throw .malformedTarget(reason: "the request target does not begin with a slash")
        }
        path = try Self.decode(rawPath, plusIsSpace: false) { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }

        var items: [(name: String, value: String)] = []
        for item in rawQuery.split(separator: UInt8(ascii: "&")) {
            let name = item.prefix { $0 != UInt8(ascii: "=") }
            items.append(
                (
                    name: try Self.decode(name, plusIsSpace: true) { $0 != 0 },
                    value: try Self.decode(item.dropFirst(name.count + 1), plusIsSpace: true) { $0 != 0 }
                ))
        }
        query = items
    }

    /// `/path?query` of an absolute target; any other target unchanged.
    private static func withoutAuthority(_ raw: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        for scheme in ["http://", "https://"] {
            let start = raw.prefix(scheme.utf8.count)
            guard String(decoding: start, as: UTF8.self).lowercased() == scheme else { continue }
            let rest = raw.dropFirst(start.count).drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            return rest.first == UInt8(ascii: "/") ? rest : [UInt8(ascii: "/")] + rest
        }
        return raw
    }

    /// - Parameter allowed: whether an escape may stand for the byte.
    private static func decode(
        _ raw: ArraySlice<UInt8>, plusIsSpace: Bool, allowed: (UInt8) -> Bool
    ) throws(ServerError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            switch raw[index] {
            case UInt8(ascii: "%"):
                guard raw.endIndex - index > 2, let high = hexDigit(raw[index + 1]), let low = hexDigit(raw[index + 2])
                else { throw .malformedTarget(reason: "a percent sign is not followed by two hexadecimal digits") }
                guard allowed(high << 4 | low) else {
                    throw .malformedTarget(reason: "a slash or a control character is percent-encoded")
                }
                bytes.append(high << 4 | low)
                index += 3
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(0x20)
                index += 1
            case let byte:
                bytes.append(byte)
                index += 1
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformedTarget(reason: "the decoded request target is not UTF-8")
        }
        return text
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
