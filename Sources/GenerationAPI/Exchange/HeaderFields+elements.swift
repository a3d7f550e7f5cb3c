import HTTPServer

extension HeaderFields {
    /// The comma-separated elements of every field of this name, in order, without the space around them.
    func elements(of name: String) -> [String] {
        filter { $0.name.lowercased() == name.lowercased() }
            .flatMap { $0.value.split(separator: ",") }
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
