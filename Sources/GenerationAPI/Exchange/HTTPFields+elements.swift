import HTTPTypes

extension HTTPFields {
    /// The comma-separated elements of every field of this name, in order, without the space around them.
    func elements(of name: HTTPField.Name) -> [String] {
        self[values: name]
            .flatMap { $0.split(separator: ",") }
            .map(\.trimmingSpace)
            .filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    /// Without the white space at both ends.
    var trimmingSpace: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
