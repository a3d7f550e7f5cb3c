import Foundation

/// The oracle: every operation as its definition says, in plain loops with double-precision sums. In int8 the layers inside
/// blocks have exact sums of whole numbers, and the fp32 arithmetic around them that every other backend is held to.
package final class ReferenceBackend: RowMajorBackend {
    package let precision: Precision
    let pool = ScratchPool()

    /// - Parameter precision: fp32 or int8.
    package init(precision: Precision = .fp32) {
        self.precision = precision
    }

    package func makeLinear(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int, at place: LayerPlace
    ) -> LinearParameters {
        precondition(weight.count == inputs * outputs && bias.count == outputs, "weights of another shape")
        let storage: any ParameterStorage =
            precision == .int8 && place == .block
            ? QuantisedLayer(weight, bias: bias, inputs: inputs)
            : HostParameter(weight: HostBlock(weight), bias: bias)
        return LinearParameters(inputs: inputs, outputs: outputs, storage: storage)
    }

    package func makeLinear(weight: QuantisedMatrix, bias: [Float], at place: LayerPlace) -> LinearParameters {
        guard precision == .int8 && place == .block else {
            return makeLinear(
                weight: weight.values, bias: bias, inputs: weight.columns, outputs: weight.rows, at: place)
        }
        precondition(bias.count == weight.rows, "weights of another shape")
        return LinearParameters(
            inputs: weight.columns, outputs: weight.rows, storage: QuantisedLayer(weight, bias: bias))
    }

    package func blockOperand(_ input: Tensor) -> Tensor { input }

    package func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, as kind: TensorKind
    ) -> Tensor {
        precondition(input.columns == parameters.inputs, "one input per weight")
        let output = makeTensor(images: input.images, rows: input.rows, columns: parameters.outputs)
        let (x, y) = (Matrix(input), Matrix(output))
        if let layer = parameters.storage as? QuantisedLayer {
            for row in 0..<x.rows {
                let results = layer.results(of: QuantisedRow((0..<x.columns).map { x[row, $0] }))
                for (column, result) in results.enumerated() { y[row, column] = activation.apply(result) }
            }
            return output
        }
        let weight = unsafe Matrix(parameters.storage.host.rows, rows: parameters.outputs, columns: parameters.inputs)
        let bias = unsafe Matrix(parameters.storage.host.bias, rows: 1, columns: parameters.outputs)
        for row in 0..<x.rows {
            let inputs = x.run(row: row, from: 0, count: parameters.inputs)
            for column in 0..<parameters.outputs {
                let product = inputs.dot(weight.run(row: column, from: 0, count: parameters.inputs))
                y[row, column] = Float(activation.apply(Double(bias[0, column]) + product))
            }
        }
        return output
    }

    package func add(_ input: Tensor, _ parameters: LinearParameters, to sum: Tensor) {
        add(linear(input, parameters), to: sum)
    }

    /// y += x.
    func add(_ input: Tensor, to sum: Tensor) {
        let (x, y) = (Matrix(input), Matrix(sum))
        precondition(x.rows == y.rows && x.columns == y.columns, "the same shape")
        for row in 0..<x.rows {
            for column in 0..<x.columns { y[row, column] += x[row, column] }
        }
    }

    package func layerNorm(
        _ input: Tensor, _ parameters: NormParameters, epsilon: Float, as kind: TensorKind
    ) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: input.columns)
        let (x, y) = (Matrix(input), Matrix(output))
        let (scale, shift) = (Matrix(parameters.scale), Matrix(parameters.shift))
        for row in 0..<x.rows {
            let moments = Moments(of: (0..<x.columns).lazy.map { x[row, $0] }, epsilon: epsilon)
            for column in 0..<x.columns {
                let normal = moments.normalise(x[row, column])
                y[row, column] = Float(normal * Double(scale[0, column]) + Double(shift[0, column]))
            }
        }
        return output
    }

    package func modulatedLayerNorm(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor, epsilon: Float,
        as kind: TensorKind
    ) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: input.columns)
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
        return output
    }

    package func addGated(_ input: Tensor, _ parameters: LinearParameters, modulation: Tensor, to sum: Tensor) {
        let (x, y, m) = (Matrix(linear(input, parameters)), Matrix(sum), Matrix(modulation))
        precondition(m.rows == x.rows && m.columns == 3 * x.columns && y.rows == x.rows)
        for row in 0..<x.rows {
            for column in 0..<x.columns {
                y[row, column] += m[row, 2 * x.columns + column] * x[row, column]
            }
        }
    }

    package func siluOfSums(_ input: Tensor, _ rows: ArraySlice<Tensor>) -> Tensor {
        let output = makeTensor(images: rows.count * input.images, rows: input.rows, columns: input.columns)
        let (x, y) = (Matrix(input), Matrix(output))
        for (index, shift) in rows.map({ Matrix($0) }).enumerated() {
            for row in 0..<x.rows {
                for column in 0..<x.columns {
                    let sum = Double(x[row, column]) + Double(shift[0, column])
                    y[index * x.rows + row, column] = Float(Activation.silu.apply(sum))
                }
            }
        }
        return output
    }

    package func attention(
        queries: Tensor, keysValues: Tensor, heads: Int, sequences: Int
    ) -> Tensor {
        let shape = AttentionShape(queries, keysValues, heads: heads, sequences: sequences)
        let output = makeTensor(images: queries.images, rows: queries.rows, columns: queries.columns)
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
        return output
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

    func apply(_ x: Float) -> Float { self == .identity ? x : Float(apply(Double(x))) }
}
