/// An amount of computing: what a queue counts, because jobs and images differ by orders of magnitude.
package struct Work: Sendable, Equatable, Comparable {
    /// Thousands of millions of floating-point operations; a multiply-add is two. Finite, not negative.
    package let gflop: Double

    package static let zero = Work(gflop: 0)

    package init(gflop: Double) {
        precondition(gflop.isFinite && gflop >= 0, "\(gflop) GFLOP")
        self.gflop = gflop
    }

    /// - Parameter speed: GFLOP per second, above 0.
    package func duration(at speed: Double) -> Duration {
        .seconds(min(gflop / speed, Self.longestDuration))
    }

    /// A hundred years: longer waits than this are none, and `Duration` has an end.
    private static let longestDuration = 3.2e9

    package static func + (a: Work, b: Work) -> Work { Work(gflop: a.gflop + b.gflop) }
    package static func += (a: inout Work, b: Work) { a = a + b }
    package static func * (a: Work, factor: Double) -> Work { Work(gflop: a.gflop * factor) }
    package static func < (a: Work, b: Work) -> Bool { a.gflop < b.gflop }
}

extension Work: Codable {
    package init(from decoder: any Decoder) throws {
        let gflop = try decoder.singleValueContainer().decode(Double.self)
        // Sums of as many as a queue can hold stay finite.
        guard (0...1e15).contains(gflop) else { throw DecodingError.invalid("\(gflop) GFLOP: 0...1e15", decoder) }
        self.init(gflop: gflop)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(gflop)
    }
}
