extension JSONValue {
    /// This value as JSON text (RFC 8259). The same value gives the same text.
    ///
    /// - Parameter isIndented: one member or element per line, for people.
    package func text(isIndented: Bool = false) -> String {
        var text = ""
        write(to: &text, indent: isIndented ? "\n" : nil)
        return text
    }

    /// - Parameter indent: a line break and the spaces of this level; nil: everything on one line.
    private func write(to text: inout String, indent: String?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let value): text += Self.text(of: value)
        case .string(let value): Self.write(value, to: &text)
        case .array(let elements):
            Self.write(elements, between: ("[", "]"), to: &text, indent: indent) { element, text, indent in
                element.write(to: &text, indent: indent)
            }
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &text, indent: indent) { member, text, indent in
                Self.write(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], between brackets: (String, String), to text: inout String, indent: String?,
        _ writeItem: (Item, inout String, String?) -> Void
    ) {
        text += brackets.0
        let innerIndent = indent.map { $0 + "  " }
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            text += innerIndent ?? ""
            writeItem(item, &text, innerIndent)
        }
        if !items.isEmpty { text += indent ?? "" }
        text += brackets.1
    }

    private static func text(of number: Double) -> String {
        precondition(number.isFinite, "JSON has no \(number)")
        return Int64(exactly: number).map(String.init) ?? "\(number)"
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
