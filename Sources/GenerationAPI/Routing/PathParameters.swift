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
    func text(_ name: String) -> String { value(name) }

    /// A job's id. A text that cannot be one names no job.
    ///
    /// - Throws: `Problem` of kind `notFound`.
    func job(_ name: String) throws(Problem) -> JobID {
        let text = value(name)
        guard let id = JobID(text) else {
            throw Problem(
                .notFound, "there is no generation \"\(text.prefix(100))\": \(JobID.form)")
        }
        return id
    }

    /// A number in its shortest form, at least 0.
    ///
    /// - Throws: `Problem` of kind `notFound`.
    func number(_ name: String) throws(Problem) -> Int {
        let text = value(name)
        guard let number = Int(text), number >= 0, String(number) == text else {
            throw Problem(.notFound, "nothing has the number \"\(text.prefix(100))\": numbers start at 0")
        }
        return number
    }

    private func value(_ name: String) -> String {
        guard let text = values[name] else { preconditionFailure("\(path): the template has no \(name)") }
        return text
    }
}
