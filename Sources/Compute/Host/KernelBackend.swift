internal import CKernels

/// A host backend that does the passes between its products with `CKernels`, on a team of threads.
///
/// How a pass is cut into chunks never reaches its arithmetic, or depends on the shape of one image alone.
protocol KernelBackend: HostBackend {
    var team: ThreadTeam { get }
}

extension KernelBackend {
    package func withCores<Result>(_ job: () throws -> Result) rethrows -> Result {
        team.share?.claim()
        defer { team.share?.release() }
        return try job()
    }

    package func layerNorm(
        _ input: Tensor, _ parameters: NormParameters, epsilon: Float, as kind: TensorKind
    ) -> Tensor {
        precondition(input.columns == parameters.scale.columns, "one scale per column")
        return normal(input, parameters, modulation: nil, epsilon: epsilon, as: kind)
    }

    package func modulatedLayerNorm(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor, epsilon: Float,
        as kind: TensorKind
    ) -> Tensor {
        precondition(modulation.totalRows == input.totalRows && modulation.columns >= 2 * input.columns)
        return normal(input, parameters, modulation: modulation, epsilon: epsilon, as: kind)
    }

    private func normal(
        _ input: Tensor, _ parameters: NormParameters?, modulation: Tensor?, epsilon: Float, as kind: TensorKind
    ) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: input.columns, as: kind)
        let (rows, columns) = (input.totalRows, input.columns)
        let norm = unsafe uk_norm(
            scale: parameters?.scale.storage.host.rows, shift: parameters?.shift.storage.host.rows,
            modulation: modulation.map { unsafe UnsafePointer($0.host) }, modulation_stride: modulation?.columns ?? 0,
            epsilon: epsilon)
        // What becomes int8 is normed strip by strip, and the strip is still near when it is quantised.
        let isQuantised = output.precision == .int8
        let normed =
            isQuantised
            ? makeTensor(images: input.images, rows: input.rows, columns: columns, as: .operand) : output
        let element = normed.precision.element
        let (x, y, target) = unsafe (input.host, normed.address, output.address)
        inStrips(of: rows, work: 8 * rows * columns) { strip, _ in
            unsafe withUnsafePointer(to: norm) {
                unsafe uk_layer_norm($0, x, y, element, strip.lowerBound, strip.upperBound, columns)
            }
            guard isQuantised else { return }
            unsafe uk_quantise(
                y, element, target.assumingMemoryBound(to: UInt8.self), strip.lowerBound, strip.upperBound, columns)
        }
        withExtendedLifetime(normed) {}
        return output
    }

    /// The rows in 8 bits, each with its scale.
    func quantised(_ input: Tensor) -> Tensor {
        let output = makeTensor(images: input.images, rows: input.rows, columns: input.columns, as: .blockOperand)
        precondition(output.precision == .int8 && input.precision != .int8, "numbers or an operand, to int8")
        let (columns, element) = (input.columns, input.precision.element)
        let (x, y) = unsafe (input.address, output.address.assumingMemoryBound(to: UInt8.self))
        inStrips(of: input.totalRows, work: 4 * input.elementCount) { strip, _ in
            unsafe uk_quantise(x, element, y, strip.lowerBound, strip.upperBound, columns)
        }
        return output
    }

    package func siluOfSums(_ input: Tensor, _ rows: ArraySlice<Tensor>) -> Tensor {
        precondition(rows.allSatisfy { $0.elementCount == input.columns }, "one number per column")
        let output = makeTensor(
            images: rows.count * input.images, rows: input.rows, columns: input.columns, as: .operand)
        for (index, row) in rows.enumerated() {
            let images = output.images(index * input.images..<(index + 1) * input.images)
            unsafe uk_silu_of_sum(
                input.host, row.host, images.address, images.precision.element, input.totalRows, input.columns)
        }
        return output
    }

    package func groupNorm(_ input: Tensor, _ norm: GroupNorm) -> Tensor {
        let (pixels, channels) = (input.rows, input.columns)
        let output = makeTensor(images: input.images, rows: pixels, columns: channels, as: .operand)
        let factors = channelFactors(of: norm, input)
        let (element, byteCount) = (output.precision.element, output.precision.byteCount)
        let (x, y) = unsafe (input.host, output.address)
        inPixelStrips(of: input, work: 16 * input.elementCount) { strip in
            let start = strip.firstRow * channels
            var channelNorm = unsafe factors.kernel(image: strip.image)
            unsafe uk_channel_scale(x + start, y + start * byteCount, element, strip.pixels, channels, &channelNorm)
        }
        withExtendedLifetime(factors) {}
        return output
    }

    /// The norm of this input, as what each channel of each image goes through.
    func channelFactors(of norm: GroupNorm, _ input: Tensor) -> ChannelFactors {
        let (pixels, channels) = (input.rows, input.columns)
        precondition(channels == norm.channels, "one scale per channel")
        let values = makeTensor(images: input.images, rows: 2, columns: channels)
        let strips = PixelStrip.count(pixels: pixels)
        let (x, target) = unsafe (input.host, values.host)
        unsafe withScratch(byteCount: 2 * input.images * strips * channels * MemoryLayout<Double>.stride) { scratch in
            let sums = unsafe scratch.assumingMemoryBound(to: Double.self)  // [B, strips, 2, channels]
            inPixelStrips(of: input, work: 4 * input.elementCount) { strip in
                let target = unsafe sums + 2 * strip.index * channels
                unsafe uk_channel_sums(
                    x + strip.firstRow * channels, strip.pixels, channels, target, target + channels)
            }
            for image in 0..<input.images {
                unsafe GroupMoments(sums: sums + 2 * image * strips * channels, strips: strips, pixels: pixels)
                    .writeFactors(of: norm, to: target + 2 * image * channels)
            }
        }
        return ChannelFactors(values: values, silu: norm.silu)
    }

    private func inPixelStrips(of input: Tensor, work: Int, _ body: @escaping (PixelStrip) -> Void) {
        team.run(chunks: input.images * PixelStrip.count(pixels: input.rows), work: work) { chunk, _ in
            body(PixelStrip(chunk, imagePixels: input.rows))
        }
    }

    /// Cuts rows into strips for the team, a few for each thread.
    func inStrips(of rows: Int, work: Int, _ body: @escaping (Range<Int>, _ thread: Int) -> Void) {
        let strips = 4 * team.presentThreads
        let size = max(4, rows.dividedUp(by: strips))
        team.run(chunks: rows.dividedUp(by: size), work: work) { chunk, thread in
            body(chunk * size..<min(rows, (chunk + 1) * size), thread)
        }
    }
}

/// A part of one image. Sums of a norm run over its pixels, then over the strips: a cut of the image alone, whatever the
/// threads.
private struct PixelStrip {
    private static let size = 256

    /// Among the strips of all images.
    let index: Int
    let image: Int
    /// Its first pixel, among those of all images.
    let firstRow: Int
    let pixels: Int

    init(_ index: Int, imagePixels: Int) {
        let (image, strip) = index.quotientAndRemainder(dividingBy: Self.count(pixels: imagePixels))
        self.index = index
        self.image = image
        firstRow = image * imagePixels + strip * Self.size
        pixels = min(Self.size, imagePixels - strip * Self.size)
    }

    /// Strips of an image.
    static func count(pixels: Int) -> Int { pixels.dividedUp(by: size) }
}

/// Mean and deviation of the groups of one image, from sums per strip and channel.
@safe private struct GroupMoments {
    /// [strips, 2, channels]: sums of x, then of x^2.
    let sums: UnsafePointer<Double>
    let strips: Int
    let pixels: Int

    /// - Parameter factors: [2, channels].
    func writeFactors(of norm: GroupNorm, to factors: UnsafeMutablePointer<Float>) {
        let (gamma, beta) = unsafe (norm.parameters.scale.storage.host.rows, norm.parameters.shift.storage.host.rows)
        let channels = norm.channels
        let (scale, shift) = unsafe (factors, factors + channels)
        let width = channels / norm.groups
        for group in 0..<norm.groups {
            let members = group * width..<(group + 1) * width
            var (sum, squares) = (0.0, 0.0)
            for strip in 0..<strips {
                for channel in members {
                    unsafe sum += sums[2 * strip * channels + channel]
                    unsafe squares += sums[(2 * strip + 1) * channels + channel]
                }
            }
            let count = Double(pixels * width)
            let mean = sum / count
            let inverse = 1 / (max(squares / count - mean * mean, 0) + Double(norm.epsilon)).squareRoot()
            for channel in members {
                let factor = unsafe inverse * Double(gamma[channel])
                unsafe scale[channel] = Float(factor)
                unsafe shift[channel] = Float(Double(beta[channel]) - mean * factor)
            }
        }
    }
}

/// Scale and shift such that x * scale + shift is the norm of an input with its affine part, then SiLU.
struct ChannelFactors {
    /// [B, 2, channels]
    let values: Tensor
    let silu: Bool

    /// Must not outlive the factors.
    func kernel(image: Int) -> uk_channel_norm {
        let scale = unsafe values.host + 2 * image * values.columns
        return unsafe uk_channel_norm(scale: scale, shift: scale + values.columns, silu: silu ? 1 : 0)
    }
}

extension Precision {
    var element: uk_element {
        switch self {
        case .fp32: UK_FP32
        case .bf16: UK_BF16
        case .int8: UK_INT8
        }
    }
}

extension Activation {
    var kernel: uk_activation {
        switch self {
        case .identity: UK_IDENTITY
        case .gelu: UK_GELU
        case .silu: UK_SILU
        }
    }
}
