import Compute

/// Quantises a matrix that comes in pieces: a row has its scale when all of it is there.
struct RowQuantiser {
    private let columns: Int
    /// Of a row whose end has not come yet.
    private var begun: [Float] = []
    /// Of the rows so far.
    private(set) var scales: [Float] = []

    init(columns: Int) { self.columns = columns }

    /// - Returns: the numbers of the rows that this piece ends.
    mutating func take(_ piece: [Float]) -> [Int8] {
        let values = begun + piece
        let whole = values.count / columns * columns
        let matrix = QuantisedMatrix(Array(values[..<whole]), columns: columns)
        begun = Array(values[whole...])
        scales += matrix.scales
        return matrix.numbers
    }
}
