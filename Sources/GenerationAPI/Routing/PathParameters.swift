import JobQueue

/// What stands in a path where its template has names.
package struct PathParameters: Sendable, Equatable {
    let path: String
    private let values: [String: String]

    init(path: String, values: [String: String]) {
        self.path = path
        self.values = values
    }

    /// A text, as it is.
    func text(_ name: String) throws(Problem) -> String {
        try value(name) { $0 }
    }

    /// A job's id. A text that cannot be one names no job.
    func job(_ name: String) throws(Problem) -> JobID {
        try value(name, JobID.init)
    }

    /// A number in its shortest form, at least 0.
    func number(_ name: String) throws(Problem) -> Int {
        try value(name) { text in Int(text).flatMap { $0 >= 0 && String($0) == text ? $0 : nil } }
    }

    /// - Throws: `Problem` of kind `notFound`.
    private func value<Value>(_ name: String, _ read: (String) -> Value?) throws(Problem) -> Value {
        guard let text = values[name] else { preconditionFailure("\(path): the template has no \(name)") }
        guard let value = read(text) else { throw Problem.nothing(at: path) }
        return value
    }
}
