/// What every backend in host memory does alike: memory and the moving of rows.
protocol HostBackend: Backend {}

extension HostBackend {
    package func makeTensor(images: Int, rows: Int, columns: Int) -> Tensor {
        Tensor(
            images: images, rows: rows, columns: columns, storage: HostMemory(count: images * rows * columns))
    }

    package func write(_ values: [Float], to tensor: Tensor) {
        precondition(values.count == tensor.elementCount, "one value per element")
        let target = unsafe tensor.host
        for (index, value) in values.enumerated() { unsafe target[index] = value }
    }

    package func read(_ tensor: Tensor) -> [Float] {
        unsafe Array(UnsafeBufferPointer(start: tensor.host, count: tensor.elementCount))
    }

    package func makeParameter(_ values: [Float], rows: Int, columns: Int) -> Parameter {
        precondition(values.count == rows * columns, "one value per element")
        return Parameter(rows: rows, columns: columns, storage: HostParameter(weight: values))
    }

    package func makeLinear(weight: [Float], bias: [Float], inputs: Int, outputs: Int) -> LinearParameters {
        precondition(weight.count == inputs * outputs && bias.count == outputs, "weights of another shape")
        return LinearParameters(
            inputs: inputs, outputs: outputs, storage: HostParameter(weight: weight, bias: bias))
    }

    /// Stores the weights as [outputs, 3, 3, inputs], the order in which channels-last pixels meet them.
    package func makeConvolution(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int
    ) -> ConvolutionParameters {
        precondition(weight.count == inputs * outputs * 9 && bias.count == outputs, "weights of another shape")
        var channelsLast = [Float](repeating: 0, count: weight.count)
        for output in 0..<outputs {
            for input in 0..<inputs {
                for tap in 0..<9 {
                    channelsLast[(output * 9 + tap) * inputs + input] = weight[(output * inputs + input) * 9 + tap]
                }
            }
        }
        return ConvolutionParameters(
            inputs: inputs, outputs: outputs, storage: HostParameter(weight: channelsLast, bias: bias))
    }

    package func gather(_ table: Parameter, rows indices: [Int], into output: Tensor) {
        precondition(indices.count == output.totalRows && table.columns == output.columns)
        let width = output.columns
        let (source, target) = unsafe (table.storage.host.weight, output.host)
        for (row, index) in indices.enumerated() {
            precondition(index < table.rows, "a row outside the table")
            unsafe (target + row * width).update(from: source + index * width, count: width)
        }
    }

    package func copyRows(_ input: Tensor, from: [Int], to: [Int], into output: Tensor) {
        precondition(from.count == to.count && input.columns == output.columns)
        let width = output.columns
        let (source, target) = unsafe (input.host, output.host)
        for (sourceRow, targetRow) in zip(from, to) {
            precondition(sourceRow < input.totalRows && targetRow < output.totalRows, "a row outside the tensor")
            unsafe (target + targetRow * width).update(from: source + sourceRow * width, count: width)
        }
    }

    package func addRows(_ table: Parameter, rows indices: [Int], into output: Tensor) {
        precondition(indices.count == output.totalRows && table.columns == output.columns)
        let width = output.columns
        let (source, target) = unsafe (table.storage.host.weight, output.host)
        for (row, index) in indices.enumerated() {
            precondition(index < table.rows, "a row outside the table")
            for column in 0..<width { unsafe target[row * width + column] += source[index * width + column] }
        }
    }

    package func upsample(_ input: Tensor, width: Int, into output: Tensor) {
        let channels = input.columns
        precondition(input.rows % width == 0 && output.rows == 4 * input.rows && output.columns == channels)
        let (source, target) = unsafe (input.host, output.host)
        for row in 0..<output.totalRows {
            let (image, pixel) = row.quotientAndRemainder(dividingBy: output.rows)
            let (y, x) = pixel.quotientAndRemainder(dividingBy: 2 * width)
            let from = image * input.rows + (y / 2) * width + x / 2
            unsafe (target + row * channels).update(from: source + from * channels, count: channels)
        }
    }
}
