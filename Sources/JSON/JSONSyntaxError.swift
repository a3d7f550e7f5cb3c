/// Why bytes are not a JSON text that we take, and where.
package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    package enum Fault: Sendable, Equatable {
        case notUTF8
        case unexpectedEnd
        /// - Parameter expected: what could have stood there.
        case unexpected(found: Character, expected: String)
        case controlCharacter
        case badEscape
        case badNumber
        case lostFraction
        case duplicateName(String)
        case tooDeep(limit: Int)
    }

    package let fault: Fault
    /// Position of the fault in the text, from 0.
    package let byteOffset: Int

    package init(fault: Fault, byteOffset: Int) {
        self.fault = fault
        self.byteOffset = byteOffset
    }

    package var description: String { "at byte \(byteOffset): \(fault)" }
}

extension JSONSyntaxError.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notUTF8: "the text is not UTF-8"
        case .unexpectedEnd: "the text ends too early"
        case .unexpected(let found, let expected): "expected \(expected), found \"\(found)\""
        case .controlCharacter: "a control character in a string must be escaped"
        case .badEscape: "unknown or incomplete escape in a string"
        case .badNumber: "malformed number, or one that is too large"
        case .lostFraction: "a number of this size has no room for a fraction"
        case .duplicateName(let name): "the name \"\(name.prefix(100))\" is there twice"
        case .tooDeep(let limit): "nested more than \(limit) levels deep"
        }
    }
}
