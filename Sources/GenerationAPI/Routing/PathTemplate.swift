import JSON

/// A path with names in place of what changes: `/v1/generations/{id}`.
///
/// It is what a route is called everywhere: in the table, in documentation, in what is counted.
package struct PathTemplate: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    private enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    package let description: String
    private let segments: [Segment]

    package init(stringLiteral description: String) {
        self.description = description
        segments = description.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    /// The values in a path; nil if it is not a path of this form. No value is empty.
    func parameters(in path: String) -> PathParameters? {
        let parts = parts(of: path)
        guard path.hasPrefix("/"), parts.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                values[name] = String(part)
            }
        }
        return PathParameters(path: path, values: values)
    }

    /// Whether it has no names in it.
    var isFixed: Bool {
        segments.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    /// How a path reads that follows this template closely, with the values of that path; nil if none of it does.
    ///
    /// - Returns: the path, and how many letters of it were put right.
    func nearest(to path: String) -> (path: String, slips: Int)? {
        let parts = parts(of: path)
        guard parts.count == segments.count else { return nil }
        var (words, slips) = ([Substring](), 0)
        for (segment, part) in zip(segments, parts) {
            guard case .literal(let text) = segment else {
                words.append(part)
                continue
            }
            let distance = text == part.lowercased() ? 0 : NearestNames.distance(String(part), text)
            guard let distance, distance <= max(1, text.utf8.count / 3) else { return nil }
            words.append(text[...])
            slips += distance
        }
        return (words.map { "/" + $0 }.joined(), slips)
    }

    /// The path with these values, in the order of the names.
    func path(_ values: any CustomStringConvertible...) -> String {
        var rest = values[...]
        return segments.reduce(into: "") { path, segment in
            switch segment {
            case .literal(let text): path += "/" + text
            case .parameter(let name):
                guard let value = rest.popFirst() else { preconditionFailure("\(self): no value for \(name)") }
                path += "/" + value.description
            }
        }
    }

    /// What stands between the slashes; the last one is all the rest where there are more than the template has. By bytes and
    /// no farther, since each template looks at each path, and a path may be long.
    private func parts(of path: String) -> [Substring] {
        let slash = UInt8(ascii: "/")
        return path.utf8.split(separator: slash, maxSplits: segments.count + 1, omittingEmptySubsequences: false)
            .dropFirst().map { Substring($0) }
    }
}
