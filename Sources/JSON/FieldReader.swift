/// Reads the fields of one JSON object and collects everything that is wrong with them.
///
/// A field of the wrong kind is reported and reads as absent, so that reading goes on to the next fault. Call `finish`
/// at the end: it reports the fields that nobody asked for.
package struct FieldReader {
    /// JSON pointer of the object (RFC 6901).
    package let pointer: String
    private let members: [JSONValue.Member]
    private let ignoresNull: Bool
    private var knownNames: [String] = []
    package private(set) var errors = FieldErrors()

    /// - Parameters:
    ///   - members: with every name once, as `JSONParser` grants.
    ///   - ignoresNull: whether null means absent in every field of this object.
    package init(_ members: [JSONValue.Member], at pointer: String = "", ignoresNull: Bool = false) {
        self.ignoresNull = ignoresNull
        self.members = members
        self.pointer = pointer
    }

    /// The field's value; nil if it is absent, or null where that is `nullable` and means the same.
    package mutating func value(_ name: String, nullable: Bool = false) -> JSONValue? {
        knownNames.append(name)
        let value = members.first { $0.name == name }?.value
        return (nullable || ignoresNull) && value == .null ? nil : value
    }

    package mutating func string(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        if case .string(let string) = value { return string }
        return mismatch(name, value, expected: "a string")
    }

    package mutating func flag(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        if case .bool(let flag) = value { return flag }
        return mismatch(name, value, expected: "true or false")
    }

    package mutating func number(_ name: String) -> Double? {
        guard let value = value(name) else { return nil }
        if case .number(let number) = value { return number }
        return mismatch(name, value, expected: "a number")
    }

    package mutating func integer(_ name: String, nullable: Bool = false) -> Int? {
        guard let value = value(name, nullable: nullable) else { return nil }
        return integer(value, named: name)
    }

    /// Reads a value below this object as an integer.
    ///
    /// - Parameter path: of the value, relative to this object.
    package mutating func integer(_ value: JSONValue, named path: String) -> Int? {
        guard case .number(let number) = value else { return mismatch(path, value, expected: "an integer") }
        let limit = Double(JSONValue.maximumInteger)
        if (-limit...limit).contains(number), let integer = Int(exactly: number) { return integer }
        reject(path, "must be an integer of at most \(JSONValue.maximumInteger) in size")
        return nil
    }

    /// Reads the members of a field that is an object.
    ///
    /// - Parameter otherNames: see `finish`.
    package mutating func object<Result>(
        _ name: String, otherNames: [String: String] = [:], _ read: (inout FieldReader) -> Result
    ) -> Result? {
        guard let value = value(name) else { return nil }
        guard case .object(let members) = value else { return mismatch(name, value, expected: "an object") }
        var reader = FieldReader(members, at: pointer(to: name))
        let result = read(&reader)
        reader.finish(otherNames: otherNames)
        errors.append(contentsOf: reader.errors)
        return result
    }

    /// - Parameter path: of the field, relative to this object.
    package mutating func reject(_ path: String, _ detail: String, kind: FieldErrors.FieldError.Kind = .badValue) {
        errors.append(pointer + "/" + path, detail, kind: kind)
    }

    @discardableResult
    package mutating func mismatch<Value>(_ path: String, _ value: JSONValue, expected: String) -> Value? {
        reject(path, "must be \(expected), not \(value.kind)", kind: .wrongType)
        return nil
    }

    /// Suggestions take time, and nobody reads more of them.
    private static let suggestionLimit = 20

    /// Reports the fields that nobody asked for, with what may have been meant; the list of all fields once, at the first
    /// one that is near none.
    ///
    /// - Parameter otherNames: what else people call fields, with the names that are right here: `cfg` is `guidance`.
    package mutating func finish(otherNames: [String: String] = [:]) {
        let unknown = members.map(\.name).filter { !knownNames.contains($0) }
        var isListed = false
        for (index, name) in unknown.enumerated() {
            var detail = "is no field of this request"
            if let meant = index < Self.suggestionLimit ? suggestion(for: name, otherNames) : nil {
                detail += "; did you mean \(meant)?"
            } else if !isListed {
                isListed = true
                detail += "; there are " + knownNames.joined(separator: ", ")
            }
            errors.append(pointer(to: name), detail, kind: .unknown)
        }
    }

    /// - Returns: the names of fields from the document's root, as people write them: `sampler.steps`.
    private func suggestion(for name: String, _ otherNames: [String: String]) -> String? {
        let wanted = name.lowercased().replacing("-", with: "_")
        if let meant = otherNames[wanted] { return meant }
        let root = pointer.dropFirst().replacing("/", with: ".")
        let near = NearestNames.find(name, among: knownNames).map { root.isEmpty ? $0 : "\(root).\($0)" }
        return near.isEmpty ? nil : near.joined(separator: " or ")
    }

    private func pointer(to name: String) -> String {
        let escaped = name.flatMap { character -> [Character] in
            switch character {
            case "~": ["~", "0"]
            case "/": ["~", "1"]
            default: [character]
            }
        }
        return pointer + "/" + String(escaped)
    }
}
