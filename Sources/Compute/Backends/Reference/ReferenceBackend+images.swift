/// Group norm and convolution of the oracle.
extension ReferenceBackend {
    package func groupNorm(_ input: Tensor, _ norm: GroupNorm) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: input.columns)
        let (x, y) = (Matrix(input), Matrix(output))
        let (scale, shift) = (Matrix(norm.parameters.scale), Matrix(norm.parameters.shift))
        precondition(input.columns == norm.channels, "one scale per channel")
        let groupWidth = norm.channels / norm.groups
        for image in 0..<input.images {
            let pixels = image * input.rows..<(image + 1) * input.rows
            for group in 0..<norm.groups {
                let channels = group * groupWidth..<(group + 1) * groupWidth
                let values = pixels.lazy.flatMap { pixel in channels.lazy.map { x[pixel, $0] } }
                let moments = Moments(of: values, epsilon: norm.epsilon)
                for pixel in pixels {
                    for channel in channels {
                        let normal = moments.normalise(x[pixel, channel])
                        let value = normal * Double(scale[0, channel]) + Double(shift[0, channel])
                        y[pixel, channel] = Float(norm.silu ? Activation.silu.apply(value) : value)
                    }
                }
            }
        }
        return output
    }

    package func convolution(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, scale: Int
    ) -> Tensor {
        let source = upsampled(operand(input, normedBy: norm), width: width, scale: scale)
        let output = makeTensor(images: source.images, rows: source.rows, columns: parameters.outputs)
        let (x, y, width) = (Matrix(source), Matrix(output), scale * width)
        let (channels, height) = (parameters.inputs, source.rows / width)
        precondition(input.columns == channels && source.rows == height * width)
        let weight = unsafe Matrix(parameters.storage.host.rows, rows: parameters.outputs, columns: 9 * channels)
        let bias = unsafe Matrix(parameters.storage.host.bias, rows: 1, columns: parameters.outputs)
        for row in 0..<source.totalRows {
            let (image, pixel) = row.quotientAndRemainder(dividingBy: source.rows)
            let (top, left) = pixel.quotientAndRemainder(dividingBy: width)
            for channel in 0..<parameters.outputs {
                var sum = Double(bias[0, channel])
                for tap in 0..<9 {
                    let (i, j) = (top + tap / 3 - 1, left + tap % 3 - 1)
                    guard (0..<height).contains(i), (0..<width).contains(j) else { continue }
                    let neighbour = image * source.rows + i * width + j
                    let pixel = x.run(row: neighbour, from: 0, count: channels)
                    sum += pixel.dot(weight.run(row: channel, from: tap * channels, count: channels))
                }
                y[row, channel] = Float(sum)
            }
        }
        return output
    }

    package func add(
        _ input: Tensor, normedBy norm: GroupNorm?, _ parameters: ConvolutionParameters, width: Int, to sum: Tensor
    ) {
        add(convolution(input, normedBy: norm, parameters, width: width, scale: 1), to: sum)
    }
}
