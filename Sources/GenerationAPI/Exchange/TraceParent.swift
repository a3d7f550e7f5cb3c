import HTTPTypes

/// Which trace a request is part of: the field `traceparent` (W3C Trace Context, section 3.2).
struct TraceParent: Sendable, Equatable, CustomStringConvertible {
    let description: String

    /// nil if there is no such field, more than one, or one that is not well-formed.
    init?(_ headers: HTTPFields) {
        let values = headers[values: .traceParent]
        guard values.count == 1 else { return nil }
        self.init(values[0])
    }

    /// `00-` trace id of 32 digits `-` parent id of 16 digits `-` flags of 2 digits: hexadecimal, lower case, ids not all
    /// zero. Of later versions the part that is known is checked, and only that is kept.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, zip(parts, [2, 32, 16, 2]).allSatisfy({ Self.isHexadecimal($0, count: $1) }) else {
            return nil
        }
        let (version, ids) = (parts[0], parts[1...2])
        guard version != "ff", version != "00" || parts.count == 4 else { return nil }
        guard ids.allSatisfy({ id in id.contains { $0 != "0" } }) else { return nil }
        description = parts.prefix(4).joined(separator: "-")
    }

    private static func isHexadecimal(_ text: Substring, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
