import JSON

/// The form of a value: a JSON Schema (2020-12), as OpenAPI 3.1 has it.
struct Schema: Sendable, Equatable {
    let json: JSONValue

    init(_ members: KeyValuePairs<String, JSONValue?>) { json = .record(members) }

    private init(json: JSONValue) { self.json = json }

    static let string = Schema(["type": .string("string")])
    static let boolean = Schema(["type": .string("boolean")])
    static let number = Schema(["type": .string("number")])
    static let count = Schema(["type": .string("integer"), "minimum": .integer(0)])
    static let time = Schema(["type": .string("string"), "format": .string("date-time")])
    /// A time in milliseconds.
    static let milliseconds = Schema(["type": .string("number"), "minimum": .integer(0)])
    static let sha256 = Schema(["type": .string("string"), "pattern": .string("^[0-9a-f]{64}$")])
    static let png = Schema(["type": .string("string"), "contentMediaType": .string("image/png")])

    static func integer(_ range: ClosedRange<Int>) -> Schema {
        Schema([
            "type": .string("integer"), "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ])
    }

    static func number(_ range: ClosedRange<Double>) -> Schema {
        Schema([
            "type": .string("number"), "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
        ])
    }

    /// One of these strings.
    static func oneOf(_ names: some Sequence<String>) -> Schema {
        Schema(["type": .string("string"), "enum": .array(names.map { .string($0) })])
    }

    static func any(of schemas: [Schema]) -> Schema { Schema(["anyOf": .array(schemas.map(\.json))]) }

    static func array(of element: Schema) -> Schema { Schema(["type": .string("array"), "items": element.json]) }

    /// A schema among the components.
    static func reference(_ name: String) -> Schema { Schema(["$ref": .string("#/components/schemas/\(name)")]) }

    /// - Parameter required: nil: every property is always there.
    static func object(
        _ properties: [(name: String, schema: Schema)], required: [String]? = nil, isClosed: Bool = false
    ) -> Schema {
        let required = required ?? properties.map(\.name)
        return Schema([
            "type": .string("object"),
            "properties": .object(properties.map { .init(name: $0.name, value: $0.schema.json) }),
            "required": required.isEmpty ? nil : .array(required.map { .string($0) }),
            "additionalProperties": isClosed ? .bool(false) : nil,
        ])
    }

    /// This, or null.
    var nullable: Schema {
        if case .string(let type)? = json["type"], json["enum"] == nil, case .object(let members) = json {
            let rest = members.filter { $0.name != "type" }
            let types = JSONValue.Member(name: "type", value: .array([.string(type), .string("null")]))
            return Schema(json: .object([types] + rest))
        }
        return .any(of: [self, Schema(["type": .string("null")])])
    }

    func described(_ description: String) -> Schema {
        Schema(json: json.adding(["description": .string(description)]))
    }

    func example(_ value: JSONValue) -> Schema { Schema(json: json.adding(["examples": .array([value])])) }
}
