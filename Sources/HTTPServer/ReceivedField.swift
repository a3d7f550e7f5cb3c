/// A header field as it came: nobody has looked yet whether it may be one.
struct ReceivedField: Sendable {
    var name: String
    var value: String
}
