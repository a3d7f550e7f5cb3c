import Foundation
import Testing

@testable import Compute

/// Every backend against the oracle, on shapes from 1 to odd sizes.
///
/// Tolerance: |ours - oracle| <= 2e-5 * (1 + |oracle|), sums of up to 600 products of numbers about 1.
@Suite("Backends agree with the reference")
struct BackendContractTests {
    private static let backends = BackendKind.allCases.filter { $0 != .reference }
    private let oracle = ReferenceBackend()

    @Test(arguments: backends, [(1, 1, 1, 1), (1, 3, 5, 7), (2, 17, 64, 192), (3, 1, 96, 33), (2, 31, 600, 257)])
    func `linear layers with each activation, and added to what is there`(
        kind: BackendKind, shape: (images: Int, rows: Int, inputs: Int, outputs: Int)
    ) {
        for (activation, accumulate) in [(Activation.identity, false), (.gelu, false), (.silu, false), (.identity, true)] {
            expectSame(kind) { backend, random in
                let layer = backend.makeLinear(
                    weight: random.values(shape.inputs * shape.outputs, scale: 1 / Float(shape.inputs).squareRoot()),
                    bias: random.values(shape.outputs), inputs: shape.inputs, outputs: shape.outputs)
                let x = random.tensor(shape.images, shape.rows, shape.inputs, on: backend)
                let y = random.tensor(shape.images, shape.rows, shape.outputs, on: backend)
                backend.linear(x, layer, activation: activation, accumulate: accumulate, into: y)
                return y
            }
        }
    }

    @Test(arguments: backends, [(1, 1, 1), (2, 3, 7), (1, 9, 64), (2, 5, 768), (1, 2, 1281)])
    func `layer norms, plain and modulated`(kind: BackendKind, shape: (images: Int, rows: Int, width: Int)) {
        let (images, rows, width) = shape
        expectSame(kind) { backend, random in
            let norm = random.norm(width, on: backend)
            let y = backend.makeTensor(images: images, rows: rows, columns: width)
            backend.layerNorm(random.tensor(images, rows, width, on: backend), norm, epsilon: 1e-6, into: y)
            return y
        }
        for columns in [2, 3] {
            for isAffine in [true, false] {
                expectSame(kind) { backend, random in
                    let norm = isAffine ? random.norm(width, on: backend) : nil
                    let modulation = random.tensor(images, rows, columns * width, on: backend)
                    let y = backend.makeTensor(images: images, rows: rows, columns: width)
                    backend.modulatedLayerNorm(
                        random.tensor(images, rows, width, on: backend), norm, modulation: modulation, epsilon: 1e-6,
                        into: y)
                    return y
                }
            }
        }
    }

    @Test(arguments: backends, [(1, 1, 1), (2, 3, 7), (2, 5, 768)])
    func `gates and shifted SiLU`(kind: BackendKind, shape: (images: Int, rows: Int, width: Int)) {
        let (images, rows, width) = shape
        expectSame(kind) { backend, random in
            let y = random.tensor(images, rows, width, on: backend)
            backend.addGated(
                random.tensor(images, rows, width, on: backend),
                modulation: random.tensor(images, rows, 3 * width, on: backend), into: y)
            return y
        }
        expectSame(kind) { backend, random in
            let y = backend.makeTensor(images: images, rows: rows, columns: width)
            backend.siluOfSum(
                random.tensor(images, rows, width, on: backend), random.tensor(1, 1, width, on: backend), into: y)
            return y
        }
    }

    @Test(arguments: backends, [(1, 1, 1, 1, 1), (1, 1, 5, 1, 8), (2, 2, 9, 4, 64), (1, 2, 33, 5, 160)])
    func `attention inside each sequence`(
        kind: BackendKind, shape: (images: Int, sequences: Int, tokens: Int, heads: Int, width: Int)
    ) {
        expectSame(kind) { backend, random in
            let rows = shape.sequences * shape.tokens
            let qkv = random.tensor(shape.images, rows, 3 * shape.width, on: backend, scale: 2)
            let y = backend.makeTensor(images: shape.images, rows: rows, columns: shape.width)
            backend.attention(qkv: qkv, heads: shape.heads, sequences: shape.sequences, into: y)
            return y
        }
    }

    @Test(arguments: backends, [(1, 1, 1, 1, 1), (1, 3, 5, 7, 3), (2, 8, 8, 16, 33), (1, 19, 17, 8, 4)])
    func `convolutions, and added to what is there`(
        kind: BackendKind, shape: (images: Int, height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        for accumulate in [false, true] {
            expectSame(kind) { backend, random in
                let layer = backend.makeConvolution(
                    weight: random.values(shape.inputs * shape.outputs * 9, scale: 0.2),
                    bias: random.values(shape.outputs), inputs: shape.inputs, outputs: shape.outputs)
                let pixels = shape.height * shape.width
                let y = random.tensor(shape.images, pixels, shape.outputs, on: backend)
                backend.convolution(
                    random.tensor(shape.images, pixels, shape.inputs, on: backend), layer, width: shape.width,
                    accumulate: accumulate, into: y)
                return y
            }
        }
    }

    @Test(arguments: backends, [(1, 1, 32, 32), (2, 15, 64, 32), (1, 64, 96, 32), (1, 7, 6, 3)])
    func `group norms with and without SiLU`(
        kind: BackendKind, shape: (images: Int, pixels: Int, channels: Int, groups: Int)
    ) {
        for silu in [false, true] {
            expectSame(kind) { backend, random in
                let norm = random.norm(shape.channels, on: backend)
                let y = backend.makeTensor(images: shape.images, rows: shape.pixels, columns: shape.channels)
                backend.groupNorm(
                    random.tensor(shape.images, shape.pixels, shape.channels, on: backend), norm, groups: shape.groups,
                    epsilon: 1e-6, silu: silu, into: y)
                return y
            }
        }
    }

    @Test(arguments: backends)
    func `moved rows and upsampled images`(kind: BackendKind) {
        expectSame(kind) { backend, random in
            let table = backend.makeParameter(random.values(5 * 3), rows: 5, columns: 3)
            let y = backend.makeTensor(images: 2, rows: 2, columns: 3)
            backend.gather(table, rows: [4, 0, 2, 4], into: y)
            backend.addRows(table, rows: [1, 1, 3, 0], into: y)
            backend.copyRows(random.tensor(1, 4, 3, on: backend), from: [3, 1], to: [0, 2], into: y)
            let larger = backend.makeTensor(images: 2, rows: 8, columns: 3)
            backend.upsample(y, width: 2, into: larger)
            return larger
        }
    }

    /// Runs the same operation with the same numbers on the oracle and on a backend.
    private func expectSame(
        _ kind: BackendKind, sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: (any Backend, inout RandomValues) -> Tensor
    ) {
        let backend = kind.makeBackend(threads: 2)
        var (ours, theirs) = (RandomValues(), RandomValues())
        let (result, expected) = (
            backend.read(operation(backend, &ours)), oracle.read(operation(oracle, &theirs))
        )
        #expect(result.count == expected.count, sourceLocation: sourceLocation)
        let worst = zip(result, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
        // A NaN fails every comparison.
        #expect(worst <= 2e-5 && result.allSatisfy(\.isFinite), sourceLocation: sourceLocation)
    }
}

/// Reproducible numbers in -1...1.
struct RandomValues {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func values(_ count: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return scale * (Float(state >> 40) / Float(1 << 23) - 1)
        }
    }

    mutating func tensor(
        _ images: Int, _ rows: Int, _ columns: Int, on backend: any Backend, scale: Float = 1
    ) -> Tensor {
        let tensor = backend.makeTensor(images: images, rows: rows, columns: columns)
        backend.write(values(tensor.elementCount, scale: scale), to: tensor)
        return tensor
    }

    mutating func norm(_ width: Int, on backend: any Backend) -> NormParameters {
        NormParameters(
            scale: backend.makeParameter(values(width), rows: 1, columns: width),
            shift: backend.makeParameter(values(width), rows: 1, columns: width))
    }
}
