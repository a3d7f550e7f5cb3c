#if arch(x86_64)
internal import COneDNN

/// Convolutions: strips of an image's lines, each with the lines beside it as it needs them.
extension OneDNNBackend {
    /// A layout of the weights depends on the image's width, which a layer learns only when it runs: this one is likely.
    private static let likelyShape = (lines: 6, width: 16)

    package func makeConvolution(
        weight: [Float], bias: [Float], inputs: Int, outputs: Int
    ) -> ConvolutionParameters {
        precondition(weight.count == inputs * outputs * 9 && bias.count == outputs, "weights of another shape")
        let layout = lanes[0].weightsLayout(
            .convolution(
                lines: Self.likelyShape.lines, above: 0, below: 0, width: Self.likelyShape.width, inputs: inputs,
                outputs: outputs, accumulates: false))
        let plain = OneDNNMemory(OneDNNLayout([outputs, inputs, 3, 3], .fp32, dnnl_oihw), in: HostBlock(weight))
        let weights = PackedWeights(
            plain.reordered(as: layout), bias: bias[...], OneDNNLayout([outputs], .fp32, dnnl_a))
        return ConvolutionParameters(inputs: inputs, outputs: outputs, storage: PackedLayer([weights]))
    }

    package func convolution(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, scale: Int
    ) -> Tensor {
        let source = upsampled(operand(input, normedBy: norm), width: width, scale: scale)
        let output = makeTensor(images: source.images, rows: source.rows, columns: parameters.outputs)
        convolution(source, parameters, width: scale * width, accumulate: false, into: output)
        return output
    }

    package func add(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, to sum: Tensor
    ) {
        convolution(operand(input, normedBy: norm), parameters, width: width, accumulate: true, into: sum)
    }

    private func convolution(
        _ source: Tensor, _ parameters: ConvolutionParameters, width: Int, accumulate: Bool, into output: Tensor
    ) {
        let (inputs, outputs, lines) = (parameters.inputs, parameters.outputs, source.rows / width)
        precondition(source.rows == lines * width && output.rows == source.rows && output.images == source.images)
        precondition(source.columns == inputs && output.columns == outputs)
        precondition(source.precision == precision && output.precision == .fp32, "an operand, and numbers")
        let weights = parameters.storage.oneDNN.shares[0]
        let (x, y) = unsafe (source.address, output.address)
        let (xLine, yLine) = (width * inputs * precision.byteCount, width * outputs * MemoryLayout<Float>.stride)
        // Of the image alone, whatever the threads.
        let strip = max(4, (lines + 15) / 16)
        let strips = lines.dividedUp(by: strip)
        team.run(chunks: source.images * strips) { [lanes] chunk, thread in
            let (image, number) = chunk.quotientAndRemainder(dividingBy: strips)
            let (first, last) = (number * strip, min(lines, (number + 1) * strip))
            let (above, below) = (first == 0 ? 1 : 0, last == lines ? 1 : 0)
            let (from, to) = (first - 1 + above, last + 1 - below)
            let shape = LayerShape.convolution(
                lines: to - from, above: above, below: below, width: width, inputs: inputs, outputs: outputs,
                accumulates: accumulate)
            unsafe lanes[thread].run(
                shape, x + (image * lines + from) * xLine, weights, into: y + (image * lines + first) * yLine)
        }
        withExtendedLifetime(source) {}
    }
}
#endif
