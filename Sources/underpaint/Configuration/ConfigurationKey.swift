/// One key of the configuration: its name, what it accepts, where the value goes.
struct ConfigurationKey {
    /// Section and name, joined with a dot: `http.port`.
    let path: String
    /// Type, unit and range in words: `an integer 0...65535`.
    let expectation: String
    private let decode: (SuppliedValue.Content, inout ServiceConfiguration) -> Bool
    private let encode: (ServiceConfiguration) -> String

    /// - Parameters:
    ///   - decode: writes the value, and returns false for one that the key does not accept.
    ///   - encode: the value as someone would have given it.
    init(
        path: String, expectation: String,
        encode: @escaping (ServiceConfiguration) -> String,
        decode: @escaping (SuppliedValue.Content, inout ServiceConfiguration) -> Bool
    ) {
        self.path = path
        self.expectation = expectation
        self.encode = encode
        self.decode = decode
    }

    /// The key's value in this configuration, as someone would have given it.
    func text(in configuration: ServiceConfiguration) -> String { encode(configuration) }

    /// - Throws: `ConfigurationError.unacceptableValue`.
    func apply(
        _ value: SuppliedValue, to configuration: inout ServiceConfiguration
    ) throws(ConfigurationError) {
        guard decode(value.content, &configuration) else {
            throw .unacceptableValue(
                key: path, value: value.content, expectation: expectation, origin: value.origin)
        }
    }

    /// The section of a path, nil at the top.
    static func section(of path: String) -> String? {
        path.lastIndex(of: ".").map { String(path[..<$0]) }
    }

    static func isSection(_ path: String) -> Bool {
        all.contains { $0.path.hasPrefix(path + ".") }
    }
}

extension ConfigurationKey {
    static func integer<Value: FixedWidthInteger & Sendable>(
        _ path: String, _ field: WritableKeyPath<ServiceConfiguration, Value>, in range: ClosedRange<Int>
    ) -> Self {
        integer(path, in: range, { Int($0[keyPath: field]) }) { $0[keyPath: field] = Value($1) }
    }

    /// A number of which 0 says that there is none.
    static func integerOrNone<Value>(
        _ path: String, _ field: WritableKeyPath<ServiceConfiguration, Value?>, in range: ClosedRange<Int>,
        number: @escaping (Value) -> Int, _ value: @escaping (Int) -> Value
    ) -> Self {
        integer(path, in: range, { $0[keyPath: field].map(number) ?? 0 }) {
            $0[keyPath: field] = $1 == 0 ? nil : value($1)
        }
    }

    static func integerOrNone(
        _ path: String, _ field: WritableKeyPath<ServiceConfiguration, Int?>, in range: ClosedRange<Int>
    ) -> Self {
        integerOrNone(path, field, in: range, number: { $0 }) { $0 }
    }

    /// A number, or `auto`.
    static func integerOrAutomatic(
        _ path: String, _ field: WritableKeyPath<ServiceConfiguration, Int?>, in range: ClosedRange<Int>
    ) -> Self {
        Self(
            path: path, expectation: "\(automatic), or an integer \(range)",
            encode: { $0[keyPath: field].map { "\($0)" } ?? automatic }
        ) { content, configuration in
            switch content {
            case _ where content.string == automatic: configuration[keyPath: field] = nil
            case .text(let text):
                guard let value = Int(text), range.contains(value) else { return false }
                configuration[keyPath: field] = value
            default: return false
            }
            return true
        }
    }

    /// A whole number of seconds; the path ends in `_s`.
    static func seconds(
        _ path: String, _ field: WritableKeyPath<ServiceConfiguration, Duration>, in range: ClosedRange<Int>
    ) -> Self {
        integer(path, in: range, unit: ", in seconds", { Int($0[keyPath: field].components.seconds) }) {
            $0[keyPath: field] = .seconds($1)
        }
    }

    private static func integer(
        _ path: String, in range: ClosedRange<Int>, unit: String = "",
        _ read: @escaping (ServiceConfiguration) -> Int, _ write: @escaping (inout ServiceConfiguration, Int) -> Void
    ) -> Self {
        Self(path: path, expectation: "an integer \(range)\(unit)", encode: { "\(read($0))" }) {
            content, configuration in
            guard case .text(let text) = content, let value = Int(text), range.contains(value) else { return false }
            write(&configuration, value)
            return true
        }
    }

    static func string(_ path: String, _ field: WritableKeyPath<ServiceConfiguration, String>) -> Self {
        Self(path: path, expectation: "a non-empty string", encode: { $0[keyPath: field] }) { content, configuration in
            guard let text = content.string, !text.isEmpty else { return false }
            configuration[keyPath: field] = text
            return true
        }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ path: String, _ field: WritableKeyPath<ServiceConfiguration, Choice>
    ) -> Self {
        let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(path: path, expectation: "one of \(choices)", encode: { $0[keyPath: field].rawValue }) {
            content, configuration in
            guard let text = content.string, let value = Choice(rawValue: text) else { return false }
            configuration[keyPath: field] = value
            return true
        }
    }
}

extension ConfigurationKey {
    /// A value that has a name, or none.
    /// - Parameters:
    ///   - names: of all values, that of none among them.
    ///   - name: of a value.
    ///   - named: the value of a name.
    static func choiceOrNone<Choice>(
        _ path: String, _ field: WritableKeyPath<ServiceConfiguration, Choice?>, of names: [String], none: String,
        name: @escaping (Choice) -> String, _ named: @escaping (String) -> Choice?
    ) -> Self {
        Self(
            path: path, expectation: "one of \(names.joined(separator: ", "))",
            encode: { $0[keyPath: field].map(name) ?? none }
        ) { content, configuration in
            guard let text = content.string, names.contains(text) else { return false }
            configuration[keyPath: field] = text == none ? nil : named(text)
            return true
        }
    }
}

extension SuppliedValue.Content {
    var string: String? {
        switch self {
        case .text(let text), .quoted(let text): text
        case .nothing, .collection: nil
        }
    }
}
