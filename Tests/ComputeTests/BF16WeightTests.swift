#if arch(x86_64)
import Testing

@testable import Compute

/// With AVX2 bf16 is a way of storing weights: what is computed with them is what fp32 computes with the same weights after
/// rounding, bit for bit.
@Suite("Weights in bf16, all else in fp32", .enabled(if: Processor.current.hasAVX2))
struct BF16WeightTests {
    /// Inputs and outputs: odd ones, whole parts of a depth and one more, whole vectors and less.
    private static let shapes = [
        (1, 1), (3, 7), (7, 8), (64, 9), (65, 41), (257, 16), (511, 33), (513, 24), (769, 130),
    ]

    /// Numbers of all magnitudes with every bit of the mantissa.
    private func values(_ count: Int, _ random: inout RandomValues) -> [Float] {
        zip(random.values(count), random.values(count)).map { $0 * $1 / 3 }
    }

    /// The nearest number of bf16, ties to even.
    private func rounded(_ value: Float) -> Float {
        let bits = value.bitPattern
        return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
    }

    /// The same operation on the same numbers: by weights in bf16, and by weights in fp32 that were rounded before.
    private func expectSameBits(
        _ note: String, threads: Int = 2, sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: (PackedBackend, _ weights: ([Float]) -> [Float], inout RandomValues) -> Tensor
    ) {
        let results = [Precision.fp32, .bf16].map { precision in
            let backend = PackedBackend(.avx2, precision: precision, threads: threads)
            var random = RandomValues()
            let result = operation(backend, { precision == .bf16 ? $0 : $0.map(rounded) }, &random)
            #expect(result.precision == .fp32, "all else is fp32", sourceLocation: sourceLocation)
            return backend.read(result).map(\.bitPattern)
        }
        #expect(results[0] == results[1], "\(note)", sourceLocation: sourceLocation)
    }

    @Test(arguments: shapes)
    func `a linear layer has the bits of fp32 with rounded weights, at every number of rows`(inputs: Int, outputs: Int)
    {
        func layer(
            _ backend: PackedBackend, _ weights: ([Float]) -> [Float], _ random: inout RandomValues
        ) -> LinearParameters {
            backend.makeLinear(
                weight: weights(values(inputs * outputs, &random)), bias: values(outputs, &random), inputs: inputs,
                outputs: outputs)
        }
        for rows in Array(1...26) + [95, 96, 97, 200] {
            expectSameBits("\(rows) rows", threads: rows % 3 + 1) { backend, weights, random in
                let layer = layer(backend, weights, &random)
                let x = backend.makeTensor(values(rows * inputs, &random), images: 1, rows: rows, columns: inputs)
                return backend.linear(x, layer, activation: .gelu, as: rows % 2 == 0 ? .operand : .blockOperand)
            }
            expectSameBits("\(rows) rows, added with a gate") { backend, weights, random in
                let layer = layer(backend, weights, &random)
                let sum = random.tensor(1, rows, outputs, on: backend)
                let modulation = random.tensor(1, rows, 3 * outputs, on: backend)
                backend.addGated(
                    random.operand(1, rows, inputs, on: backend), layer, modulation: modulation, to: sum)
                return sum
            }
        }
    }

    @Test(arguments: [(1, 1, 1, 1), (3, 5, 3, 9), (2, 7, 33, 16), (5, 17, 4, 24), (1, 30, 130, 7), (2, 14, 257, 20)])
    func `a convolution has them too, of upsampled images and added to what is there`(
        height: Int, width: Int, inputs: Int, outputs: Int
    ) {
        let pixels = height * width
        func layer(
            _ backend: PackedBackend, _ weights: ([Float]) -> [Float], _ random: inout RandomValues
        ) -> ConvolutionParameters {
            backend.makeConvolution(
                weight: weights(values(inputs * outputs * 9, &random)), bias: values(outputs, &random), inputs: inputs,
                outputs: outputs)
        }
        for scale in [1, 2] {
            expectSameBits("scale \(scale)") { backend, weights, random in
                let layer = layer(backend, weights, &random)
                let x = random.operand(2, pixels, inputs, on: backend)
                return backend.convolution(x, normedBy: nil, layer, width: width, scale: scale)
            }
        }
        expectSameBits("added") { backend, weights, random in
            let layer = layer(backend, weights, &random)
            let sum = random.tensor(2, pixels, outputs, on: backend)
            backend.add(random.operand(2, pixels, inputs, on: backend), normedBy: nil, layer, width: width, to: sum)
            return sum
        }
    }

    /// 0 * infinity is no number: a depth that is filled up to pairs must be filled up with zeros.
    @Test(arguments: [1, 3, 65]) func `what is no number reaches no other row of an odd depth`(inputs: Int) {
        let backend = PackedBackend(.avx2, precision: .bf16, threads: 1)
        var random = RandomValues()
        let layer = random.linear(inputs: inputs, outputs: 16, on: backend)
        func run(_ bad: Float) -> [Float] {
            var random = RandomValues()
            let values = random.values(inputs) + [Float](repeating: bad, count: inputs) + random.values(inputs)
            return backend.read(backend.linear(backend.makeTensor(values, images: 1, rows: 3, columns: inputs), layer))
        }
        let good = run(0.5)
        for bad in [Float.nan, .infinity, -.infinity] {
            let result = run(bad)
            #expect(result[16..<32].allSatisfy { !$0.isFinite })
            #expect(result[..<16] == good[..<16] && result[32...] == good[32...])
        }
    }

    @Test func `rounding changes nothing but weights`() {
        let backend = PackedBackend(.avx2, precision: .bf16, threads: 1)
        var random = RandomValues()
        let numbers = backend.makeTensor(values(35, &random), images: 1, rows: 5, columns: 7)
        #expect(backend.precision == .bf16)
        for operand in [backend.operand(numbers), backend.blockOperand(numbers)] {
            #expect(operand.precision == .fp32 && backend.read(operand) == backend.read(numbers))
        }
    }
}
#endif
