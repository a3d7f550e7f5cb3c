import HTTPServer
import JSON

extension Endpoint {
    /// A reply names so many parameters at most.
    private static let errorLimit = 20

    /// Refuses parameters that the contract does not know: a misspelled one would be ignored silently. What machines
    /// scrape and browsers open may be asked with anything.
    ///
    /// - Throws: `Problem` of kind `invalidRequest`.
    func requireKnownParameters(of request: Request) throws(Problem) {
        guard !request.query.isEmpty, path.description.hasPrefix("/v1/"), let operation else { return }
        let known = operation.parameters.filter { $0.place == .query }.map(\.name)
        var errors = FieldErrors()
        for name in request.query.map(\.name).filter({ !known.contains($0) }).prefix(Self.errorLimit) {
            errors.append(
                "/\(name.prefix(100))", "is no parameter of \(path)" + hint(for: name, among: known), kind: .unknown)
        }
        if !errors.isEmpty { throw Problem(errors) }
    }

    private func hint(for name: String, among known: [String]) -> String {
        if known.isEmpty { return ", which has none" }
        // One letter is near nothing, and stands for what is searched for.
        if known == ["q"] { return "; did you mean q?" }
        return NearestNames.hint(for: name, among: known)
    }
}
