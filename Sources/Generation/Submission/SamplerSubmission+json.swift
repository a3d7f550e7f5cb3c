package import JSON
import Sampler

extension SamplerSubmission {
    /// Reads the value of `sampler`: a preset's name, or an object.
    package static func read(from reader: inout FieldReader) -> SamplerSubmission {
        switch reader.value("sampler") {
        case nil:
            return SamplerSubmission()
        case .string(let name):
            var sampler = SamplerSubmission(preset: name)
            sampler.presetPointer = "/sampler"
            return sampler
        case .object:
            return reader.object("sampler", otherNames: FieldNames.ofSampler, read(members:)) ?? SamplerSubmission()
        case .some(let other):
            return reader.mismatch("sampler", other, expected: "a preset's name or an object") ?? SamplerSubmission()
        }
    }

    private static func read(members reader: inout FieldReader) -> SamplerSubmission {
        var sampler = SamplerSubmission(preset: reader.string("preset"))
        for group in SamplerField.jsonGroups {
            if let object = group.object {
                reader.object(object) { reader in
                    for (name, field) in group.fields { sampler[field] = read(field.kind, name, &reader) }
                }
            } else {
                for (name, field) in group.fields { sampler[field] = read(field.kind, name, &reader) }
            }
        }
        return sampler
    }

    private static func read(_ kind: SamplerField.Kind, _ name: String, _ reader: inout FieldReader) -> SamplerValue? {
        switch kind {
        case .integer: return reader.integer(name).map { .integer($0) }
        case .number: return reader.number(name).map { .number($0) }
        case .flag: return reader.flag(name).map { .flag($0) }
        case .name: return reader.string(name).map { .name($0) }
        case .optionalInteger:
            switch reader.value(name) {
            case nil: return nil
            case .null: return SamplerValue.none
            case .some(let value): return reader.integer(value, named: name).map { .integer($0) }
            }
        case .counts: return readCounts(name, &reader)
        }
    }

    private static func readCounts(_ name: String, _ reader: inout FieldReader) -> SamplerValue? {
        switch reader.value(name) {
        case nil:
            return nil
        case .number(let number):
            return reader.integer(.number(number), named: name).map { .integer($0) }
        case .array(let elements):
            let counts = elements.enumerated().map { reader.integer($0.element, named: "\(name)/\($0.offset)") }
            // One bad element leaves a hole; the checks of the others would be off by it.
            return counts.contains(nil) ? nil : .integers(counts.compactMap(\.self))
        case .some(let other):
            return reader.mismatch(name, other, expected: "an array of integers, or one integer")
        }
    }
}

extension SamplerSettings {
    /// In the form of a submission, so without what the sampler has no use for.
    package var json: JSONValue {
        let fields = fields
        var members = [JSONValue.Member(name: "preset", value: .string(preset.rawValue))]
        for group in SamplerField.jsonGroups {
            let values = group.fields.compactMap { name, field in
                fields[field].map { JSONValue.Member(name: name, value: $0.json) }
            }
            if let object = group.object {
                members.append(.init(name: object, value: .object(values)))
            } else {
                members += values
            }
        }
        return .object(members)
    }
}

extension SamplerField {
    /// The fields as JSON nests them: members of `sampler`, or of one object in it.
    fileprivate static var jsonGroups: [(object: String?, fields: [(name: String, field: SamplerField)])] {
        var groups: [(object: String?, fields: [(name: String, field: SamplerField)])] = []
        for field in allCases {
            let path = field.rawValue.split(separator: "/").map(String.init)
            let object = path.count > 1 ? path[0] : nil
            if groups.isEmpty || groups[groups.count - 1].object != object { groups.append((object, [])) }
            groups[groups.count - 1].fields.append((path[path.count - 1], field))
        }
        return groups
    }
}

extension SamplerValue {
    fileprivate var json: JSONValue {
        switch self {
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .flag(let value): .bool(value)
        case .name(let value): .string(value)
        case .integers(let values): .array(values.map { .integer($0) })
        case .none: .null
        }
    }
}
