import Foundation
import JSON
import Logging

/// One event of the log, written. Neither form lets a control character through: a log is read on terminals, and some of
/// what it quotes comes from clients.
struct LogLine {
    let time: Date
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    /// `2026-01-02T03:04:05.678Z info message key=value other="with spaces"`
    var text: String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { " \(Self.escaped($0.key))=\(Self.quoted($0.value))" }
        return "\(timestamp) \(level.rawValue) \(Self.escaped(message))\(pairs.joined())"
    }

    /// One object: `time`, `level`, `message`, and the metadata beside them under `data`.
    var json: String {
        let data = metadata.sorted { $0.key < $1.key }.map {
            JSONValue.Member(name: $0.key, value: Self.json($0.value))
        }
        let document = JSONValue.record([
            "time": .string(timestamp), "level": .string(level.rawValue), "message": .string(message),
            "data": .object(data),
        ])
        // JSON escapes the control characters below U+0020 itself; the others stand in strings only.
        return document.text().unicodeScalars.reduce(into: "") { text, scalar in
            if Self.isControl(scalar) {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// RFC 3339, UTC, to the millisecond.
    private var timestamp: String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as Double): number.isFinite ? .number(number) : .string("\(number)")
        case .stringConvertible(let number as any BinaryInteger): integer(number)
        case .stringConvertible(let flag as Bool): .bool(flag)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let members):
            .object(members.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: json($0.value)) })
        }
    }

    /// One that JSON cannot carry exactly is text.
    private static func integer(_ number: some BinaryInteger) -> JSONValue {
        number.magnitude <= JSONValue.maximumInteger ? .integer(number) : .string("\(number)")
    }

    /// As it is where it is one word; else between quotation marks.
    private static func quoted(_ value: Logger.MetadataValue) -> String {
        let text = value.description
        let isWord = !text.isEmpty && text.allSatisfy { !$0.isWhitespace && $0 != "\"" && $0 != "=" && $0 != "\\" }
        if isWord { return escaped(text) }
        let inner = text.reduce(into: "") { inner, character in
            if character == "\"" || character == "\\" { inner.append("\\") }
            inner.append(character)
        }
        return "\"\(escaped(inner))\""
    }

    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isControl(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    /// C0, DEL and C1: a terminal obeys U+009B as it does ESC [. And the two line separators that are no controls.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
    }
}
