/// A matrix whose rows are whole numbers -127...127 with a scale each (`QuantisedRow`): the weights of a layer in 8 bits, [outputs,
/// inputs].
package struct QuantisedMatrix: Sendable, Equatable {
    package let columns: Int
    /// Row-major.
    package let numbers: [Int8]
    /// Of each row; above 0.
    package let scales: [Float]

    package var rows: Int { scales.count }

    package init(numbers: [Int8], scales: [Float], columns: Int) {
        precondition(numbers.count == scales.count * columns, "a scale for each row")
        self.columns = columns
        self.numbers = numbers
        self.scales = scales
    }

    /// Quantises as the int8 backends do when they are given numbers.
    ///
    /// A row of zeros has no scale; it gets 1, so that whoever reads one that is 0 knows it for damage.
    /// - Parameter values: [rows, columns], finite.
    package init(_ values: [Float], columns: Int) {
        precondition(values.count.isMultiple(of: columns), "whole rows")
        let rows = stride(from: 0, to: values.count, by: columns).map { QuantisedRow(values[$0..<$0 + columns]) }
        self.init(
            numbers: rows.flatMap(\.numbers), scales: rows.map { $0.scale == 0 ? 1 : $0.scale }, columns: columns)
    }

    /// number * scale of its row, row-major.
    package var values: [Float] {
        unsafe [Float](unsafeUninitializedCapacity: numbers.count) { values, count in
            for (row, scale) in scales.enumerated() {
                for index in row * columns..<(row + 1) * columns {
                    unsafe values.initializeElement(at: index, to: Float(numbers[index]) * scale)
                }
            }
            count = numbers.count
        }
    }

    /// Some of the rows.
    package subscript(rows: Range<Int>) -> QuantisedMatrix {
        QuantisedMatrix(
            numbers: Array(numbers[rows.lowerBound * columns..<rows.upperBound * columns]), scales: Array(scales[rows]),
            columns: columns)
    }
}
