import Foundation

/// The oracle: every operation as its definition says, in plain loops with double-precision sums.
package final class ReferenceBackend: RowMajorBackend {
    let pool = ScratchPool()

    package init() {}

    package func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, accumulate: Bool, into output: Tensor
    ) {
        precondition(input.columns == parameters.inputs && output.columns == parameters.outputs)
        precondition(input.totalRows == output.totalRows)
        precondition(!accumulate || activation == .identity, "a sum has no activation")
        let (x, y) = (Matrix(input), Matrix(output))
        let weight = unsafe Matrix(parameters.storage.host.rows, rows: parameters.outputs, columns: parameters.inputs)
        let bias = unsafe Matrix(parameters.storage.host.bias, rows: 1, columns: parameters.outputs)
        for row in 0..<x.rows {
            let inputs = x.run(row: row, from: 0, count: parameters.inputs)
            for column in 0..<parameters.outputs {
                let product = inputs.dot(weight.run(row: column, from: 0, count: parameters.inputs))
                let sum = Double(bias[0, column]) + product
                let value = Float(activation.apply(sum))
                y[row, column] = accumulate ? y[row, column] + value : value
            }
        }
    }

    package func layerNorm(_ input: Tensor, _ parameters: NormParameters, epsilon: Float, into output: Tensor) {
        let (x, y) = (Matrix(input), Matrix(output))
        let (scale, shift) = (Matrix(parameters.scale), Matrix(parameters.shift))
        for row in 0..<x.rows {
            let moments = Moments(of: (0..<x.columns).lazy.map { x[row, $0] }, epsilon: epsilon)
            for column in 0..<x.columns {
                let normal = moments.normalise(x[row, column])
                y[row, column] = Float(normal * Double(scale[0, column]) + Double(shift[0, column]))
            }
        }
    }

    package func modulatedLayerNorm(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor, epsilon: Float, into output: Tensor
    ) {
        let (x, y, m) = (Matrix(input), Matrix(output), Matrix(modulation))
        let width = x.columns
        precondition(m.rows == x.rows && m.columns >= 2 * width)
        for row in 0..<x.rows {
            let moments = Moments(of: (0..<width).lazy.map { x[row, $0] }, epsilon: epsilon)
            for column in 0..<width {
                var normal = moments.normalise(x[row, column])
                if let parameters {
                    normal = normal * Double(Matrix(parameters.scale)[0, column])
                    normal += Double(Matrix(parameters.shift)[0, column])
                }
                let (shift, scale) = (Double(m[row, column]), Double(m[row, width + column]))
                y[row, column] = Float(normal * (1 + scale) + shift)
            }
        }
    }

    package func gatedLinear(
        _ input: Tensor, _ parameters: LinearParameters, modulation: Tensor, into output: Tensor
    ) {
        let product = makeTensor(images: output.images, rows: output.rows, columns: output.columns)
        linear(input, parameters, activation: .identity, accumulate: false, into: product)
        let (x, y, m) = (Matrix(product), Matrix(output), Matrix(modulation))
        precondition(m.rows == x.rows && m.columns == 3 * x.columns && y.rows == x.rows)
        for row in 0..<x.rows {
            for column in 0..<x.columns {
                y[row, column] += m[row, 2 * x.columns + column] * x[row, column]
            }
        }
    }

    package func siluOfSum(_ input: Tensor, _ shift: Tensor, into output: Tensor) {
        let (x, y, s) = (Matrix(input), Matrix(output), Matrix(shift))
        for row in 0..<x.rows {
            for column in 0..<x.columns {
                let sum = Double(x[row, column]) + Double(s[0, column])
                y[row, column] = Float(Activation.silu.apply(sum))
            }
        }
    }

    package func attention(
        queries: Tensor, keysValues: Tensor, heads: Int, sequences: Int, into output: Tensor
    ) {
        let shape = AttentionShape(queries, keysValues, heads: heads, sequences: sequences, output)
        let (q, kv, y) = (Matrix(queries), Matrix(keysValues), Matrix(output))
        for sequence in 0..<shape.sequences {
            let keys = sequence * shape.keys..<(sequence + 1) * shape.keys
            for head in 0..<heads {
                let column = head * shape.headWidth
                for row in sequence * shape.queries..<(sequence + 1) * shape.queries {
                    let query = q.run(row: row, from: column, count: shape.headWidth)
                    let scores = keys.map { key in
                        query.dot(kv.run(row: key, from: column, count: shape.headWidth))
                            / Double(shape.headWidth).squareRoot()
                    }
                    let highest = scores.max() ?? 0
                    let weights = scores.map { exp($0 - highest) }
                    let total = weights.reduce(0, +)
                    for k in column..<column + shape.headWidth {
                        let sum = zip(keys, weights).reduce(0.0) { sum, next in
                            sum + next.1 * Double(kv[next.0, shape.width + k])
                        }
                        y[row, k] = Float(sum / total)
                    }
                }
            }
        }
    }
}

extension Activation {
    func apply(_ x: Double) -> Double {
        switch self {
        case .identity: x
        case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
        case .silu: x / (1 + exp(-x))
        }
    }
}
