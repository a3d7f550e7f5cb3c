/// Everything that is wrong with a submission, so that one reply is enough to put it right.
package struct FieldErrors: Error, Sendable, Equatable, CustomStringConvertible {
    package struct FieldError: Sendable, Equatable {
        /// For clients that branch on it.
        package enum Kind: Sendable {
            /// It has to be there and is not.
            case missing
            /// Nobody knows a field of this name.
            case unknown
            /// A value of another kind is wanted.
            case wrongType
            case badValue
        }

        /// JSON pointer of the field (RFC 6901); "/guidance_schedule" is what the command line calls a flag.
        package let pointer: String
        package let detail: String
        package let kind: Kind

        package init(pointer: String, detail: String, kind: Kind = .badValue) {
            self.pointer = pointer
            self.detail = detail
            self.kind = kind
        }

        /// The fault with its field: `sampler.steps: must be ...`.
        package var sentence: String { name.map { "\($0): \(detail)" } ?? detail }

        /// What people call the field: `sampler.steps` of `/sampler/steps`; nil for the whole document.
        package var name: String? {
            pointer.isEmpty ? nil : String(pointer.dropFirst().prefix(100).map { $0 == "/" ? "." : $0 })
        }
    }

    package private(set) var fields: [FieldError] = []

    package init(_ fields: [FieldError] = []) {
        self.fields = fields
    }

    package var isEmpty: Bool { fields.isEmpty }

    package mutating func append(_ pointer: String, _ detail: String, kind: FieldError.Kind = .badValue) {
        fields.append(FieldError(pointer: pointer, detail: detail, kind: kind))
    }

    package mutating func append(contentsOf other: FieldErrors) {
        fields += other.fields
    }

    /// Adds errors found later, but for those of fields that already have one: a field that could not be read was
    /// judged as if it were absent.
    package mutating func append(unlessReported other: FieldErrors) {
        fields += other.fields.filter { later in
            !fields.contains { later.pointer == $0.pointer || later.pointer.hasPrefix($0.pointer + "/") }
        }
    }

    /// Reports a value outside of its range, and hands it on.
    package mutating func checked<Value: Comparable>(
        _ value: Value, in range: ClosedRange<Value>, at pointer: String, note: String = ""
    ) -> Value {
        if !range.contains(value) {
            let bounds = "\(Self.text(of: range.lowerBound))...\(Self.text(of: range.upperBound))"
            append(pointer, "must be \(bounds)\(note), not \(Self.text(of: value))")
        }
        return value
    }

    /// Reports a name that means nothing here.
    package mutating func checked<Value: CaseIterable & RawRepresentable<String>>(
        _ name: String, at pointer: String
    ) -> Value? {
        if let value = Value(rawValue: name) { return value }
        let known = Value.allCases.map(\.rawValue)
        let names = known.dropLast().joined(separator: ", ") + " or " + known.suffix(1).joined()
        append(pointer, "must be \(names), not \"\(name.prefix(100))\"")
        return nil
    }

    private static func text(of value: some Comparable) -> String {
        (value as? Double).flatMap(Int.init(exactly:)).map(String.init) ?? "\(value)"
    }

    package var description: String {
        fields.map { "\($0.pointer): \($0.detail)" }.joined(separator: "\n")
    }
}
