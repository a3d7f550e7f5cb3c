/// A layer whose weights have a scale for each output.
final class QuantisedLayer: ParameterStorage {
    private let columns: [QuantisedRow]
    private let bias: [Float]

    /// - Parameter weight: [outputs, inputs].
    init(_ weight: [Float], bias: [Float], inputs: Int) {
        columns = bias.indices.map { QuantisedRow(weight[$0 * inputs..<($0 + 1) * inputs]) }
        self.bias = bias
    }

    /// - Parameter weight: [outputs, inputs].
    init(_ weight: QuantisedMatrix, bias: [Float]) {
        columns = weight.scales.enumerated().map { row, scale in
            QuantisedRow(numbers: weight[row..<row + 1].numbers, scale: scale)
        }
        self.bias = bias
    }

    /// sum * (scale of the row * scale of the output) + bias, each operation in fp32.
    func results(of row: QuantisedRow) -> [Float] {
        zip(columns, bias).map { column, bias in
            Float(row.sum(with: column)) * (row.scale * column.scale) + bias
        }
    }
}
