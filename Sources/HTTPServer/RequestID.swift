internal import HTTPTypes

/// The name under which one request is found again in logs, here and at the client.
enum RequestID {
    /// The client's own id if it is safe to log and to send back, else 128 random bits in hexadecimal.
    static func of(_ headers: HTTPFields) -> String {
        if let sent = headers[.requestID], isSane(sent) { return sent }
        let bits = UInt128.random(in: .min ... .max)
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// 1...128 characters, letters, digits, full stop, underscore and hyphen only.
    private static func isSane(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
