import Testing

@testable import Compute

/// Every engine against the oracle, on shapes from 1 to odd sizes.
///
/// Tolerance: |ours - oracle| <= 2e-5 * (1 + |oracle|), sums of up to 600 products of numbers about 1. Where a result is
/// rounded to bf16: 2^-8 * (1 + |oracle|), one step of its mantissa.
@Suite("Engines agree with the reference")
struct BackendContractTests {
    private static let engines = Engine.available.filter { $0 != .reference }
    private let oracle = ReferenceBackend()

    @Test(arguments: engines, [(1, 1, 1, 1), (1, 3, 5, 7), (2, 17, 64, 192), (3, 1, 96, 33), (2, 31, 600, 257)])
    func `linear layers with each activation, and added to what is there`(
        engine: Engine, shape: (images: Int, rows: Int, inputs: Int, outputs: Int)
    ) {
        let (images, rows) = (shape.images, shape.rows)
        for (activation, accumulate) in [
            (Activation.identity, false), (.gelu, false), (.silu, false), (.identity, true),
        ] {
            for isOperand in [false, true] {
                expectSame(engine) { backend, random in
                    let layer = random.linear(inputs: shape.inputs, outputs: shape.outputs, on: backend)
                    let x =
                        isOperand
                        ? random.operand(images, rows, shape.inputs, on: backend)
                        : random.tensor(images, rows, shape.inputs, on: backend)
                    let y = random.tensor(images, rows, shape.outputs, on: backend)
                    backend.linear(x, layer, activation: activation, accumulate: accumulate, into: y)
                    return y
                }
            }
        }
        expectSame(engine, isRounded: true) { backend, random in
            let layer = random.linear(inputs: shape.inputs, outputs: shape.outputs, on: backend)
            let y = backend.makeOperand(images: images, rows: rows, columns: shape.outputs)
            backend.linear(
                random.operand(images, rows, shape.inputs, on: backend), layer, activation: .gelu, accumulate: false,
                into: y)
            return y
        }
        expectSame(engine) { backend, random in
            let layer = random.linear(inputs: shape.inputs, outputs: shape.outputs, on: backend)
            let y = random.tensor(images, rows, shape.outputs, on: backend)
            backend.gatedLinear(
                random.operand(images, rows, shape.inputs, on: backend), layer,
                modulation: random.tensor(images, rows, 3 * shape.outputs, on: backend), into: y)
            return y
        }
    }

    @Test(arguments: engines, [(1, 1, 1), (2, 3, 7), (1, 9, 64), (2, 5, 768), (1, 2, 1281)])
    func `layer norms, plain and modulated, and shifted SiLU`(
        engine: Engine, shape: (images: Int, rows: Int, width: Int)
    ) {
        let (images, rows, width) = shape
        expectSameBothWays(engine, images, rows, width) { backend, random, y in
            let norm = random.norm(width, on: backend)
            backend.layerNorm(random.tensor(images, rows, width, on: backend), norm, epsilon: 1e-6, into: y)
        }
        for columns in [2, 3] {
            for isAffine in [true, false] {
                expectSameBothWays(engine, images, rows, width) { backend, random, y in
                    let norm = isAffine ? random.norm(width, on: backend) : nil
                    let modulation = random.tensor(images, rows, columns * width, on: backend)
                    backend.modulatedLayerNorm(
                        random.tensor(images, rows, width, on: backend), norm, modulation: modulation, epsilon: 1e-6,
                        into: y)
                }
            }
        }
        expectSameBothWays(engine, images, rows, width) { backend, random, y in
            backend.siluOfSum(
                random.tensor(images, rows, width, on: backend), random.tensor(1, 1, width, on: backend), into: y)
        }
    }

    @Test(
        arguments: engines,
        [(1, 1, 1, 1, 1, 1), (1, 1, 5, 5, 1, 8), (2, 2, 4, 9, 4, 64), (1, 2, 33, 33, 5, 160), (1, 1, 7, 70, 3, 210)])
    func `attention inside each sequence`(
        engine: Engine, shape: (images: Int, sequences: Int, queries: Int, keys: Int, heads: Int, width: Int)
    ) {
        expectSame(engine, isRounded: true) { backend, random in
            let (images, sequences, width) = (shape.images, shape.sequences, shape.width)
            let q = random.operand(images, sequences * shape.queries, width, on: backend, scale: 2)
            let kv = random.operand(images, sequences * shape.keys, 2 * width, on: backend, scale: 2)
            let y = backend.makeOperand(images: images, rows: q.rows, columns: width)
            backend.attention(queries: q, keysValues: kv, heads: shape.heads, sequences: sequences, into: y)
            return y
        }
    }

    @Test(
        arguments: engines, [(1, 1, 1, 1, 1), (1, 3, 5, 7, 3), (2, 8, 8, 16, 33), (1, 19, 17, 8, 4), (1, 5, 6, 3, 130)])
    func `convolutions, of upsampled images too, and added to what is there`(
        engine: Engine, shape: (images: Int, height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        for (scale, accumulate) in [(1, false), (1, true), (2, false), (2, true)] {
            expectSame(engine) { backend, random in
                let layer = backend.makeConvolution(
                    weight: random.values(shape.inputs * shape.outputs * 9, scale: 0.25),
                    bias: random.values(shape.outputs), inputs: shape.inputs, outputs: shape.outputs)
                let pixels = shape.height * shape.width
                let y = random.tensor(shape.images, scale * scale * pixels, shape.outputs, on: backend)
                backend.convolution(
                    random.operand(shape.images, pixels, shape.inputs, on: backend), layer, width: shape.width,
                    scale: scale, accumulate: accumulate, into: y)
                return y
            }
        }
    }

    @Test(arguments: engines, [(1, 1, 32, 32), (2, 15, 64, 32), (1, 700, 96, 32), (1, 7, 6, 3)])
    func `group norms with and without SiLU`(
        engine: Engine, shape: (images: Int, pixels: Int, channels: Int, groups: Int)
    ) {
        for silu in [false, true] {
            expectSameBothWays(engine, shape.images, shape.pixels, shape.channels) { backend, random, y in
                let norm = random.norm(shape.channels, on: backend)
                backend.groupNorm(
                    random.tensor(shape.images, shape.pixels, shape.channels, on: backend), norm, groups: shape.groups,
                    epsilon: 1e-6, silu: silu, into: y)
            }
        }
    }

    @Test(arguments: engines)
    func `moved rows, of some of the images too`(engine: Engine) {
        expectSame(engine) { backend, random in
            let table = backend.makeParameter(random.values(5 * 3), rows: 5, columns: 3)
            let y = backend.makeTensor(images: 2, rows: 2, columns: 3)
            backend.gather(table, rows: [4, 0, 2, 4], into: y)
            backend.addRows(table, rows: [1, 1, 3, 0], into: y)
            backend.copyRows(random.tensor(1, 4, 3, on: backend), from: [3, 1], to: [0, 2], into: y)
            backend.addRows(table, rows: [2, 0], into: y.images(1..<2))
            return y
        }
    }

    /// Runs the same operation with the same numbers on the oracle and on an engine.
    /// - Parameter isRounded: the result is an operand.
    private func expectSame(
        _ engine: Engine, isRounded: Bool = false, sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: (any Backend, inout RandomValues) -> Tensor
    ) {
        let backend = engine.makeBackend(threads: 2)
        var (ours, theirs) = (RandomValues(), RandomValues())
        let (result, expected) = (
            backend.read(operation(backend, &ours)), oracle.read(operation(oracle, &theirs))
        )
        #expect(result.count == expected.count, sourceLocation: sourceLocation)
        let worst = zip(result, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
        let tolerance: Float = isRounded && engine.precision == .bf16 ? 0x1p-8 : 2e-5
        // A NaN fails every comparison.
        #expect(worst <= tolerance && result.allSatisfy(\.isFinite), sourceLocation: sourceLocation)
    }

    /// The same for an operation that writes fp32 or an operand, as it is told.
    private func expectSameBothWays(
        _ engine: Engine, _ images: Int, _ rows: Int, _ columns: Int,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: (any Backend, inout RandomValues, Tensor) -> Void
    ) {
        for isOperand in [false, true] {
            expectSame(engine, isRounded: isOperand, sourceLocation: sourceLocation) { backend, random in
                let y =
                    isOperand
                    ? backend.makeOperand(images: images, rows: rows, columns: columns)
                    : backend.makeTensor(images: images, rows: rows, columns: columns)
                operation(backend, &random, y)
                return y
            }
        }
    }
}
