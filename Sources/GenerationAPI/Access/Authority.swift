/// A host name or address, with a port or without: what stands in `Host`, and after the scheme of an `Origin`.
struct Authority: Sendable, Equatable {
    /// In lower case, without the brackets of an IPv6 address and the dot at the end of a name.
    let host: String
    /// nil: none is said.
    let port: Int?

    /// nil if the text is none.
    init?(_ text: String) {
        let name: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard name.contains(":"), name.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            name = text.prefix { $0 != ":" }
            rest = text.dropFirst(name.count)
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }) else {
                return nil
            }
        }
        let host = (name.hasSuffix(".") ? name.dropLast() : name).lowercased()
        guard !host.isEmpty else { return nil }
        self.host = host
        if rest.isEmpty {
            port = nil
        } else {
            guard rest.first == ":", rest.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }),
                let number = Int(rest.dropFirst()), (1...65_535).contains(number)
            else { return nil }
            port = number
        }
    }

    /// Whether the name means this machine to every browser, so that nobody else can make it mean something else.
    var isLocal: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || host == "0:0:0:0:0:0:0:1"
            || Self.isLoopbackAddress(host)
    }

    /// 127.0.0.0/8, and not a name that begins like it.
    private static func isLoopbackAddress(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
