internal import CKernels

/// What every backend in host memory does alike: memory and the moving of rows.
protocol HostBackend: Backend {
    var pool: ScratchPool { get }
    /// Of tensors of the kind `operand`.
    var operandPrecision: Precision { get }
    /// Of tensors of the kind `blockOperand`.
    var blockOperandPrecision: Precision { get }
}

extension HostBackend {
    var operandPrecision: Precision { precision }
    var blockOperandPrecision: Precision { precision }

    package var scratchAllocations: Int { pool.allocations }

    package func makeTensor(images: Int, rows: Int, columns: Int) -> Tensor {
        makeTensor(images: images, rows: rows, columns: columns, precision: .fp32)
    }

    /// An uninitialised tensor of some kind.
    func makeTensor(images: Int, rows: Int, columns: Int, as kind: TensorKind) -> Tensor {
        let precision: Precision =
            switch kind {
            case .numbers: .fp32
            case .operand: operandPrecision
            case .blockOperand: blockOperandPrecision
            }
        return makeTensor(images: images, rows: rows, columns: columns, precision: precision)
    }

    private func makeTensor(images: Int, rows: Int, columns: Int, precision: Precision) -> Tensor {
        Tensor(
            images: images, rows: rows, columns: columns, precision: precision,
            storage: HostMemory(byteCount: images * rows * precision.rowByteCount(columns: columns), from: pool))
    }

    /// Memory for the time of one operation.
    func withScratch(byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        let block = pool.take(byteCount: byteCount)
        defer { pool.give(block) }
        unsafe body(block.base)
    }

    package func makeTensor(_ values: [Float], images: Int, rows: Int, columns: Int) -> Tensor {
        let tensor = makeTensor(images: images, rows: rows, columns: columns)
        precondition(values.count == tensor.elementCount, "one value per element")
        unsafe values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe tensor.host.update(from: start, count: source.count)
        }
        return tensor
    }

    package func read(_ tensor: Tensor) -> [Float] {
        let count = tensor.elementCount
        return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialised in
            if let target = buffer.baseAddress {
                switch tensor.precision {
                case .fp32: unsafe target.initialize(from: tensor.host, count: count)
                case .bf16: unsafe uk_from_bf16(tensor.address.assumingMemoryBound(to: UInt16.self), target, count)
                case .int8:
                    unsafe uk_dequantise(
                        tensor.address.assumingMemoryBound(to: UInt8.self), target, tensor.totalRows, tensor.columns)
                }
            }
            initialised = count
        }
    }

    package func makeParameter(_ values: [Float], rows: Int, columns: Int) -> Parameter {
        precondition(values.count == rows * columns, "one value per element")
        return Parameter(rows: rows, columns: columns, storage: HostParameter(weight: HostBlock(values)))
    }

    /// [outputs, inputs, 3, 3] as [outputs, 3, 3, inputs], the order in which channels-last pixels meet the weights.
    func channelsLast(_ weight: [Float], inputs: Int, outputs: Int) -> [Float] {
        var channelsLast = [Float](repeating: 0, count: weight.count)
        for output in 0..<outputs {
            for input in 0..<inputs {
                for tap in 0..<9 {
                    channelsLast[(output * 9 + tap) * inputs + input] = weight[(output * inputs + input) * 9 + tap]
                }
            }
        }
        return channelsLast
    }

    package func gather(_ table: Parameter, rows indices: [Int], images: Int) -> Tensor {
        precondition(indices.count % images == 0, "as many rows for every image")
        let width = table.columns
        let output = makeTensor(images: images, rows: indices.count / images, columns: width)
        let (source, target) = unsafe (table.storage.host.rows, output.host)
        for (row, index) in indices.enumerated() {
            precondition(index < table.rows, "a row outside the table")
            unsafe (target + row * width).update(from: source + index * width, count: width)
        }
        return output
    }

    package func gather(_ input: Tensor, rows indices: [Int]) -> Tensor {
        precondition(indices.count % input.images == 0, "as many rows for every image")
        let output = makeTensor(
            images: input.images, rows: indices.count / input.images, columns: input.columns,
            precision: input.precision)
        copyRows(input, from: indices, to: Array(indices.indices), of: output)
        return output
    }

    package func copyRows(_ input: Tensor, from: [Int], to: [Int], of target: Tensor) {
        precondition(from.count == to.count && input.columns == target.columns && input.precision == target.precision)
        let byteCount = target.precision.rowByteCount(columns: target.columns)
        let (source, output) = unsafe (input.address, target.address)
        for (sourceRow, targetRow) in zip(from, to) {
            precondition(sourceRow < input.totalRows && targetRow < target.totalRows, "a row outside the tensor")
            unsafe (output + targetRow * byteCount).copyMemory(
                from: source + sourceRow * byteCount, byteCount: byteCount)
        }
    }

    package func add(_ table: Parameter, rows indices: [Int], to sum: Tensor) {
        precondition(indices.count == sum.totalRows && table.columns == sum.columns)
        let width = sum.columns
        let (source, target) = unsafe (table.storage.host.rows, sum.host)
        for (row, index) in indices.enumerated() {
            precondition(index < table.rows, "a row outside the table")
            for column in 0..<width { unsafe target[row * width + column] += source[index * width + column] }
        }
    }

    package func operand(_ input: Tensor) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: input.columns, as: .operand)
        switch output.precision {
        case .fp32: unsafe output.host.update(from: input.host, count: input.elementCount)
        case .int8: preconditionFailure("operands have 16 bits or more")
        case .bf16:
            unsafe uk_to_bf16(
                input.host, output.address.assumingMemoryBound(to: UInt16.self), input.totalRows, input.columns,
                input.columns)
        }
        return output
    }

    package func blockOperand(_ input: Tensor) -> Tensor { input.precision == precision ? input : operand(input) }

    /// What a convolution reads: the input as an operand, through its norm if it has one.
    func operand(_ input: Tensor, normedBy norm: GroupNorm?) -> Tensor {
        if let norm { return groupNorm(input, norm) }
        return input.precision == operandPrecision ? input : operand(input)
    }

    /// Every pixel repeated `scale` x `scale` times. [B, h * w, C] -> [B, scale h * scale w, C], of the same precision.
    func upsampled(_ input: Tensor, width: Int, scale: Int) -> Tensor {
        guard scale > 1 else { return input }
        let byteCount = input.columns * input.precision.byteCount
        let output = makeTensor(
            images: input.images, rows: scale * scale * input.rows, columns: input.columns, precision: input.precision)
        let (source, target) = unsafe (input.address, output.address)
        for row in 0..<output.totalRows {
            let (image, pixel) = row.quotientAndRemainder(dividingBy: output.rows)
            let (y, x) = pixel.quotientAndRemainder(dividingBy: scale * width)
            let from = image * input.rows + (y / scale) * width + x / scale
            unsafe (target + row * byteCount).copyMemory(from: source + from * byteCount, byteCount: byteCount)
        }
        return output
    }
}

/// A backend that keeps its weights as fp32 rows.
protocol RowMajorBackend: HostBackend {}

extension RowMajorBackend {
    package var precision: Precision { .fp32 }
    var operandPrecision: Precision { .fp32 }
    var blockOperandPrecision: Precision { .fp32 }

    package func makeLinear(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int, at place: LayerPlace
    ) -> LinearParameters {
        precondition(weight.count == inputs * outputs && bias.count == outputs, "weights of another shape")
        return LinearParameters(
            inputs: inputs, outputs: outputs, storage: HostParameter(weight: HostBlock(weight), bias: bias))
    }

    package func makeConvolution(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int
    ) -> ConvolutionParameters {
        precondition(weight.count == inputs * outputs * 9 && bias.count == outputs, "weights of another shape")
        return ConvolutionParameters(
            inputs: inputs, outputs: outputs,
            storage: HostParameter(
                weight: HostBlock(channelsLast(weight, inputs: inputs, outputs: outputs)), bias: bias))
    }
}
