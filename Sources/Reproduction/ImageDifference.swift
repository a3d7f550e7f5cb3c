package import JSON

/// One way in which an image differs from the one that was made again from its request.
package enum ImageDifference: Sendable, Equatable {
    /// What made one of them is not what made the other: a possible cause.
    case maker(Fact, file: String, here: String)
    /// The images have not the same size.
    case size(file: String, here: String)
    /// Values (a pixel has one or three) that differ, among how many, and the largest difference of 255.
    case pixels(count: Int, of: Int, largest: Int)
    /// The pixels are the same and the files are not: other texts, or another compression.
    case bytes(file: String, here: String)

    package enum Fact: String, Sendable {
        case version, engine, precision, weights
    }

    package var json: JSONValue {
        switch self {
        case .maker(let fact, let file, let here): Self.pair(fact.rawValue, file, here)
        case .size(let file, let here): Self.pair("size", file, here)
        case .pixels(let count, let total, let largest):
            .record([
                "what": .string("pixels"), "count": .integer(count), "of": .integer(total),
                "largest": .integer(largest),
            ])
        case .bytes(let file, let here): Self.pair("bytes", file, here)
        }
    }

    private static func pair(_ what: String, _ file: String, _ here: String) -> JSONValue {
        .record(["what": .string(what), "file": .string(file), "here": .string(here)])
    }
}

extension ImageDifference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .maker(let fact, let file, let here): "\(fact.rawValue): \(file) in the file, \(here) here"
        case .size(let file, let here): "size: \(file) in the file, \(here) here"
        case .pixels(let count, let total, let largest):
            "pixels: \(count) of \(total) values differ, by \(largest) of 255 at most"
        case .bytes(let file, let here):
            "bytes: the pixels are the same, the files are not (SHA-256 \(file) and \(here))"
        }
    }
}
