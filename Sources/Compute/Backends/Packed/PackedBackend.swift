#if arch(x86_64)
internal import CKernels

/// The x86 path: `CKernels` against weights that are packed once, in fp32, bf16 or int8 with AVX-512 and with AVX2, in bf16 or
/// int8 with AMX. With AVX2 bf16 is for weights, and their operands are fp32.
///
/// Every sum runs over its depth in order, in one register (`packed.h`). So a row's result does not depend on the rows
/// beside it: all images of a batch are one product, and work is cut as the threads like it.
package final class PackedBackend: PackedAttention {
    let tile: PackedTile
    /// Of weights; in int8, of those of a block's layers.
    package let precision: Precision
    let operandPrecision: Precision
    let pool = ScratchPool()
    let team: ThreadTeam
    /// One for every part of `inParallel`. Each has scratch memory of its own: what they take together would depend on
    /// which of them is ahead.
    private lazy var singles = (0..<team.threadCount).map { _ in
        PackedBackend(tile, precision: precision, threads: 1, around: operandPrecision)
    }

    /// - Parameters:
    ///   - tile: one that this processor has the instructions of.
    ///   - precision: bf16 and int8 need a processor that has them (`Engine.available`).
    ///   - threads: most threads that one operation may use, the caller's own included.
    ///   - share: how many of them it may use at the moment; nil: all.
    ///   - around: what int8 is surrounded by: bf16 or fp32; nil: bf16 if this processor has it.
    package init(
        _ tile: PackedTile, precision: Precision, threads: Int, share: CoreShare? = nil, around: Precision? = nil
    ) {
        self.tile = tile
        self.precision = precision
        operandPrecision =
            switch (tile, precision) {
            case (.avx2, _), (.avxVNNI, _): .fp32
            case (.amx, .fp32): preconditionFailure("with AMX weights are bf16 or int8")
            case (.amx, _): .bf16
            case (.avx512, .int8): around ?? (Processor.current.hasAVX512BF16 ? .bf16 : .fp32)
            case (.avx512, _): precision
            }
        team = ThreadTeam(threadCount: threads, share: share)
    }

    /// Of weights that are not those of a block's layers.
    private var edgePrecision: Precision {
        switch (tile, precision) {
        case (.avx2, .int8), (.avxVNNI, .int8): .bf16
        case (_, .int8): operandPrecision
        case (_, let weights): weights
        }
    }

    /// What a block's layers read.
    var blockOperandPrecision: Precision { precision == .int8 ? .int8 : operandPrecision }

    package var scratchAllocations: Int {
        pool.allocations + (team.threadCount > 1 ? singles.map(\.scratchAllocations).reduce(0, +) : 0)
    }

    package var parallelParts: Int { team.presentThreads }

    package func inParallel(parts: Int, _ body: (_ part: Int, _ backend: any Backend) -> Void) {
        let singles = singles
        withoutActuallyEscaping(body) { body in
            team.run(chunks: parts) { part, _ in body(part, singles[part]) }
        }
    }

    package func makeLinear(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int, at place: LayerPlace
    ) -> LinearParameters {
        precondition(weight.count == inputs * outputs && bias.count == outputs, "weights of another shape")
        return LinearParameters(
            inputs: inputs, outputs: outputs,
            storage: pack(
                weight, bias: bias, columns: outputs, taps: 1, depth: inputs,
                place == .block ? precision : edgePrecision))
    }

    package func makeLinear(weight: QuantisedMatrix, bias: [Float], at place: LayerPlace) -> LinearParameters {
        guard precision == .int8 && place == .block else {
            return makeLinear(
                weight: weight.values, bias: bias, inputs: weight.columns, outputs: weight.rows, at: place)
        }
        precondition(bias.count == weight.rows, "weights of another shape")
        return LinearParameters(
            inputs: weight.columns, outputs: weight.rows,
            storage: HostParameter(weight: tile.panels(of: weight), bias: bias, precision: .int8))
    }

    package func makeConvolution(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int
    ) -> ConvolutionParameters {
        precondition(weight.count == inputs * outputs * 9 && bias.count == outputs, "weights of another shape")
        return ConvolutionParameters(
            inputs: inputs, outputs: outputs,
            storage: pack(
                channelsLast(weight, inputs: inputs, outputs: outputs), bias: bias, columns: outputs, taps: 9,
                depth: inputs, edgePrecision))
    }

    private func pack(
        _ weight: [Float], bias: [Float], columns: Int, taps: Int, depth: Int, _ precision: Precision
    ) -> HostParameter {
        HostParameter(
            weight: tile.panels(of: weight, precision, columns: columns, taps: taps, depth: depth), bias: bias,
            precision: precision)
    }

    package func linear(
        _ input: Tensor, _ parameters: LinearParameters, activation: Activation, as kind: TensorKind
    ) -> Tensor {
        // A row's scale is known when all of its numbers are.
        let computed = kind == .blockOperand ? TensorKind.operand : kind
        let output = makeTensor(images: input.images, rows: input.rows, columns: parameters.outputs, as: computed)
        unsafe product(input, parameters, into: output) { unsafe $0.activation = activation.kernel }
        return kind == .blockOperand ? blockOperand(output) : output
    }

    package func add(_ input: Tensor, _ parameters: LinearParameters, to sum: Tensor) {
        precondition(sum.precision == .fp32, "sums are numbers")
        unsafe product(input, parameters, into: sum) { unsafe $0.result = UK_ADD }
    }

    package func addGated(_ input: Tensor, _ parameters: LinearParameters, modulation: Tensor, to sum: Tensor) {
        let width = sum.columns
        precondition(modulation.totalRows == sum.totalRows && modulation.columns == 3 * width)
        precondition(sum.precision == .fp32, "sums are numbers")
        unsafe product(input, parameters, into: sum) {
            unsafe $0.result = UK_ADD_GATED
            unsafe $0.gate = unsafe UnsafePointer(modulation.host + 2 * width)
            unsafe $0.gate_stride = modulation.columns
        }
    }

    private func product(
        _ input: Tensor, _ parameters: LinearParameters, into output: Tensor, _ adjust: (inout uk_output) -> Void
    ) {
        let (rows, depth, columns) = (input.totalRows, parameters.inputs, parameters.outputs)
        precondition(input.columns == depth && output.columns == columns && output.totalRows == rows)
        let weights = unsafe panels(parameters.storage, columns: columns, taps: 1, depth: depth)
        var result = unsafe self.output(output, bias: parameters.storage)
        unsafe adjust(&result)
        let operand = parameters.storage.host.precision == .int8 ? blockOperand(input) : asOperand(input)
        let read = operand.precision
        let (a, stride) = unsafe (operand.address, read.rowByteCount(columns: operand.columns) / read.byteCount)
        let cut = ProductCut(rows: rows, depth: depth, columns: columns, read, tile, threads: team.presentThreads)
        let final = unsafe result
        team.run(chunks: cut.chunks, work: rows * depth * columns) { chunk, _ in
            let (block, panels) = cut[chunk]
            unsafe withUnsafePointer(to: weights) { weights in
                unsafe withUnsafePointer(to: final) { output in
                    unsafe uk_packed_product(
                        a, stride, weights, block.lowerBound, block.upperBound, panels.lowerBound, panels.upperBound,
                        output)
                }
            }
        }
        withExtendedLifetime(operand) {}
    }

    package func blockOperand(_ input: Tensor) -> Tensor {
        if input.precision == blockOperandPrecision { return input }
        return precision == .int8 ? quantised(input) : operand(input)
    }

    /// The input in the precision of operands, with rows that may be read as far as the weights' depth is packed: in bf16 to an
    /// even number of columns. What stands there is 0, since a weight of 0 does not make 0 of everything.
    private func asOperand(_ input: Tensor) -> Tensor {
        precondition(input.precision != .int8, "what a block's layers read, no other layer does")
        let padded = edgePrecision == .bf16 ? input.columns + input.columns % 2 : input.columns
        if input.precision == operandPrecision && padded == input.columns { return input }
        let operand = makeTensor(images: input.images, rows: input.rows, columns: padded, as: .operand)
        if input.precision != operandPrecision {
            precondition(operandPrecision == .bf16, "an operand is rounded to bf16, never made of it")
            let target = unsafe operand.address.assumingMemoryBound(to: UInt16.self)
            unsafe uk_to_bf16(input.host, target, input.totalRows, input.columns, padded)
            return operand
        }
        let (from, to) = (
            input.precision.rowByteCount(columns: input.columns), input.precision.rowByteCount(columns: padded)
        )
        for row in 0..<input.totalRows {
            let target = unsafe operand.address + row * to
            unsafe target.copyMemory(from: input.address + row * from, byteCount: from)
            unsafe (target + from).initializeMemory(as: UInt8.self, repeating: 0, count: to - from)
        }
        return operand
    }

    package func convolution(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, scale: Int
    ) -> Tensor {
        let output = makeTensor(
            images: input.images, rows: scale * scale * input.rows, columns: parameters.outputs)
        convolution(input, normedBy: norm, parameters, width: width, scale: scale, UK_ASSIGN, into: output)
        return output
    }

    package func add(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, to sum: Tensor
    ) {
        precondition(sum.images == input.images && sum.rows == input.rows && sum.columns == parameters.outputs)
        convolution(input, normedBy: norm, parameters, width: width, scale: 1, UK_ADD, into: sum)
    }

    /// Each line goes through the norm, and becomes an operand, where it is read: the normed image is never whole.
    private func convolution(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, scale: Int,
        _ kind: uk_result, into output: Tensor
    ) {
        let height = input.rows / width
        precondition(input.rows == height * width && input.columns == parameters.inputs)
        precondition(input.precision == .fp32 || norm == nil && input.precision == operandPrecision)
        precondition(output.precision == .fp32, "sums are numbers")
        let factors = norm.map { channelFactors(of: $0, input) }
        let weights = unsafe panels(
            parameters.storage, columns: parameters.outputs, taps: 9, depth: parameters.inputs)
        var result = unsafe self.output(output, bias: parameters.storage)
        unsafe result.result = kind
        let (first, firstResult) = unsafe (
            uk_image(
                pixels: input.address, element: input.precision.element, height: height, width: width,
                channels: input.columns, norm: uk_channel_norm(), scale: scale), result
        )
        let lines = scale * height
        let strip = max(1, lines / (8 * team.presentThreads))
        let strips = lines.dividedUp(by: strip)
        let scratchSize = unsafe withUnsafePointer(to: first) { image in
            unsafe withUnsafePointer(to: weights) { unsafe uk_convolution_scratch(image, $0) }
        }
        let (imageSize, outputSize) = (
            input.rows * input.columns * input.precision.byteCount, output.rows * output.columns
        )
        unsafe withScratch(byteCount: team.threadCount * scratchSize) { scratch in
            team.run(chunks: input.images * strips) { chunk, thread in
                let (index, number) = chunk.quotientAndRemainder(dividingBy: strips)
                var (image, result) = unsafe (first, firstResult)
                unsafe image.pixels += index * imageSize
                unsafe result.y += index * outputSize * MemoryLayout<Float>.stride
                if let factors { unsafe image.norm = factors.kernel(image: index) }
                unsafe withUnsafePointer(to: image) { image in
                    unsafe withUnsafePointer(to: weights) { weights in
                        unsafe withUnsafePointer(to: result) { result in
                            unsafe uk_packed_convolution(
                                image, weights, number * strip, min(lines, (number + 1) * strip), result,
                                scratch + thread * scratchSize)
                        }
                    }
                }
            }
        }
        withExtendedLifetime(factors) {}
    }

    private func panels(_ storage: any ParameterStorage, columns: Int, taps: Int, depth: Int) -> uk_panels {
        unsafe uk_panels(
            tile: tile.kernel, data: storage.host.weight, element: storage.host.precision.element, columns: columns,
            taps: taps, depth: depth)
    }

    private func output(_ tensor: Tensor, bias storage: any ParameterStorage) -> uk_output {
        guard let bias = unsafe storage.host.bias else { preconditionFailure("a layer has a bias") }
        return unsafe uk_output(
            y: tensor.address, stride: tensor.columns, element: tensor.precision.element, result: UK_ASSIGN,
            activation: UK_IDENTITY, bias: bias, gate: nil, gate_stride: 0)
    }
}
#endif
