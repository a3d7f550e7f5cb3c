/// Why a field of a sampler cannot have the value it has.
package struct SamplerFault: Error, Sendable, Equatable, CustomStringConvertible {
    package let field: SamplerField
    /// Of the entry at fault, in a list.
    package var index: Int?
    /// Goes on after the field's name: "must be 1...64, not 65".
    package let detail: String

    package init(_ field: SamplerField, index: Int? = nil, _ detail: String) {
        self.field = field
        self.index = index
        self.detail = detail
    }

    /// Path of the field or the entry below `sampler`.
    package var path: String { field.rawValue + (index.map { "/\($0)" } ?? "") }

    package var description: String { "\(path) \(detail)" }
}

extension SamplerFault {
    /// The field's own limits; nil if the value keeps them.
    init?(_ field: SamplerField, outOfRange value: SamplerValue) {
        switch (field.kind, value) {
        case (.integer(let range), .integer(let value)), (.optionalInteger(let range), .integer(let value)):
            guard !range.contains(value) else { return nil }
            self.init(field, "must be \(range.lowerBound)...\(range.upperBound), not \(value)")
        case (.number(let range), .number(let value)):
            guard !range.contains(value) else { return nil }
            self.init(
                field,
                "must be \(Self.text(range.lowerBound))...\(Self.text(range.upperBound)), not \(Self.text(value))")
        default:
            return nil
        }
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}

extension SamplerFields {
    /// The name given for a field; nil if none was, or if it means nothing, which is then a fault.
    func name<Value: CaseIterable & RawRepresentable<String>>(
        _ field: SamplerField, _ faults: inout [SamplerFault]
    ) -> Value? {
        guard case .name(let name) = self[field] else { return nil }
        if let value = Value(rawValue: name) { return value }
        let known = Value.allCases.map(\.rawValue)
        let names = known.dropLast().joined(separator: ", ") + " or " + known.suffix(1).joined()
        faults.append(SamplerFault(field, "must be \(names), not \"\(name.prefix(100))\""))
        return nil
    }

    func integer(_ field: SamplerField) -> Int? {
        guard case .integer(let value) = self[field] else { return nil }
        return value
    }

    func number(_ field: SamplerField) -> Double? {
        guard case .number(let value) = self[field] else { return nil }
        return value
    }

    func flag(_ field: SamplerField) -> Bool? {
        guard case .flag(let value) = self[field] else { return nil }
        return value
    }
}
