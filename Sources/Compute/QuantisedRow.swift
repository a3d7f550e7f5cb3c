/// A row of numbers as x = scale * q, q = -127...127: the definition that every int8 backend is held to, and with it the files
/// that hold such rows.
struct QuantisedRow: Sendable {
    let numbers: [Int8]
    let scale: Float

    /// scale = |x|max / 127; q = x * (127 / |x|max) in fp32, to the nearest, ties to even. Numbers below 1e-30 are 0.
    init(_ values: some Collection<Float>) {
        let highest = values.lazy.map(abs).max() ?? 0
        let inverse: Float = highest >= 1e-30 && highest <= 3e38 ? 127 / highest : 0
        scale = highest / 127
        numbers = values.map { Int8(($0 * inverse).rounded(.toNearestOrEven)) }
    }

    init(numbers: [Int8], scale: Float) {
        self.numbers = numbers
        self.scale = scale
    }

    /// Exact.
    func sum(with other: QuantisedRow) -> Int32 {
        precondition(numbers.count == other.numbers.count, "rows of the same length")
        return zip(numbers, other.numbers).reduce(0) { $0 + Int32($1.0) * Int32($1.1) }
    }
}
