/// A value that someone gave for a key, before the key has looked at it.
struct SuppliedValue: Equatable {
    /// Where a value was given.
    enum Origin: Equatable, CustomStringConvertible {
        case file(path: String, line: Int)
        case environment(variable: String)
        case commandLine

        var description: String {
            switch self {
            case .file(let path, let line): "\(path), line \(line)"
            case .environment(let variable): "environment variable \(variable)"
            case .commandLine: "command line"
            }
        }
    }

    enum Content: Equatable, CustomStringConvertible {
        /// Plain text: a number where the key wants one.
        case text(String)
        /// Quoted in the file: never a number.
        case quoted(String)
        /// A key with nothing after it, or `null`.
        case nothing
        /// A list, or a mapping below a key that has one value.
        case collection

        var description: String {
            switch self {
            case .text(let text): text.isEmpty ? "the empty string" : text
            case .quoted(let text): "the string \"\(text)\""
            case .nothing: "nothing"
            case .collection: "a list or mapping"
            }
        }
    }

    /// Section and name, joined with a dot: `http.port`.
    var path: String
    var content: Content
    var origin: Origin
}
