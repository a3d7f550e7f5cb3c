/// A JSON text as a tree. Objects keep the order of their members, so what is written reads as it was built.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// Finite. Integers are exact up to 2^53 - 1 in size.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: JSONValue

        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The largest integer that a JSON number carries safely between implementations (RFC 8259, section 6).
    package static let maximumInteger = 9_007_199_254_740_991

    /// An object with these members in this order, without those whose value is nil.
    package static func record(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    /// This object with more members after its own.
    package func adding(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        guard case (.object(let own), .object(let more)) = (self, Self.record(members)) else {
            preconditionFailure("members are added to an object, not to \(kind)")
        }
        return .object(own + more)
    }

    /// The value of an object's member; nil for a member that is not there, and for anything but an object.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// What kind of value this is, with its article: "a string".
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue {
    /// - Parameter integer: at most `maximumInteger` in size, or the nearest double is written.
    package static func integer(_ integer: some BinaryInteger) -> JSONValue { .number(Double(integer)) }

    /// A duration in milliseconds, to the microsecond.
    package static func milliseconds(_ duration: Duration) -> JSONValue {
        .number((duration / .microseconds(1)).rounded() / 1000)
    }
}
