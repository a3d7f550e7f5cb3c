/// Bounds-checked rows and columns over host memory.
@safe struct Matrix {
    let rows: Int
    let columns: Int
    private let base: UnsafeMutablePointer<Float>

    init(_ tensor: Tensor) {
        rows = tensor.totalRows
        columns = tensor.columns
        unsafe base = tensor.host
    }

    init(_ parameter: Parameter) {
        unsafe self.init(parameter.storage.host.rows, rows: parameter.rows, columns: parameter.columns)
    }

    /// A matrix over weights: it is only read.
    init(_ weights: UnsafePointer<Float>?, rows: Int, columns: Int) {
        guard let weights = unsafe weights else { preconditionFailure("a parameter without these weights") }
        self.rows = rows
        self.columns = columns
        unsafe base = UnsafeMutablePointer(mutating: weights)
    }

    subscript(row: Int, column: Int) -> Float {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
            return unsafe base[row * columns + column]
        }
        nonmutating set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
            unsafe base[row * columns + column] = newValue
        }
    }
}

extension Matrix {
    /// Some neighbouring numbers of one row.
    @safe struct Run {
        fileprivate let base: UnsafeMutablePointer<Float>
        fileprivate let count: Int

        /// In double precision, in four partial sums.
        func dot(_ other: Run) -> Double {
            precondition(count == other.count, "runs of different lengths")
            var sums = SIMD4<Double>.zero
            for k in stride(from: 0, to: count - 3, by: 4) {
                for lane in 0..<4 { unsafe sums[lane] += Double(base[k + lane]) * Double(other.base[k + lane]) }
            }
            var sum = sums.sum()
            for k in count / 4 * 4..<count { unsafe sum += Double(base[k]) * Double(other.base[k]) }
            return sum
        }
    }

    func run(row: Int, from column: Int, count: Int) -> Run {
        precondition(row >= 0 && row < rows && column >= 0 && column + count <= columns, "outside the matrix")
        return unsafe Run(base: base + row * columns + column, count: count)
    }
}

/// Mean and inverse standard deviation of a set of numbers (biased variance, as every norm here uses it).
struct Moments {
    private let mean: Double
    private let inverseDeviation: Double

    init(of values: some Sequence<Float>, epsilon: Float) {
        var (count, sum) = (0.0, 0.0)
        for value in values { (count, sum) = (count + 1, sum + Double(value)) }
        let mean = sum / count
        var squares = 0.0
        for value in values { squares += (Double(value) - mean) * (Double(value) - mean) }
        self.mean = mean
        inverseDeviation = 1 / (squares / count + Double(epsilon)).squareRoot()
    }

    func normalise(_ value: Float) -> Double { (Double(value) - mean) * inverseDeviation }
}
