import Testing

@testable import Compute

/// Every engine against the oracle, on shapes from 1 to odd sizes.
///
/// Tolerance: |ours - oracle| <= 2e-5 * (1 + |oracle|), sums of up to 600 products of numbers about 1. Where a result is in
/// bf16: 2^-8 * (1 + |oracle|), one step of its mantissa. An engine in int8 is held to the oracle in int8
/// (`Int8Tests` has more).
@Suite("Engines agree with the reference")
struct BackendContractTests {
    private static let engines = Engine.available.filter { $0.offer != .reference }

    @Test(arguments: engines, [(1, 1, 1, 1), (1, 3, 5, 7), (2, 17, 64, 192), (3, 1, 96, 33), (2, 31, 600, 257)])
    func `linear layers with each activation, and added to what is there`(
        engine: Engine, shape: (images: Int, rows: Int, inputs: Int, outputs: Int)
    ) {
        let (images, rows) = (shape.images, shape.rows)
        for isOperand in [false, true] {
            func input(_ random: inout RandomValues, _ backend: any Backend) -> Tensor {
                isOperand
                    ? random.operand(images, rows, shape.inputs, on: backend)
                    : random.tensor(images, rows, shape.inputs, on: backend)
            }
            for activation in [Activation.identity, .gelu, .silu] {
                for kind in [TensorKind.numbers, .operand] {
                    expectSame(engine) { backend, random in
                        let layer = random.linear(inputs: shape.inputs, outputs: shape.outputs, on: backend)
                        return backend.linear(input(&random, backend), layer, activation: activation, as: kind)
                    }
                }
            }
            expectSame(engine) { backend, random in
                let layer = random.linear(inputs: shape.inputs, outputs: shape.outputs, on: backend)
                let sum = random.tensor(images, rows, shape.outputs, on: backend)
                backend.add(input(&random, backend), layer, to: sum)
                return sum
            }
            expectSame(engine) { backend, random in
                let layer = random.linear(inputs: shape.inputs, outputs: shape.outputs, on: backend)
                let sum = random.tensor(images, rows, shape.outputs, on: backend)
                let modulation = random.tensor(images, rows, 3 * shape.outputs, on: backend)
                backend.addGated(input(&random, backend), layer, modulation: modulation, to: sum)
                return sum
            }
        }
    }

    @Test(arguments: engines, [(1, 1, 1), (2, 3, 7), (1, 9, 64), (2, 5, 768), (1, 2, 1281)])
    func `layer norms, plain and modulated, and shifted SiLU`(
        engine: Engine, shape: (images: Int, rows: Int, width: Int)
    ) {
        let (images, rows, width) = shape
        for kind in [TensorKind.numbers, .operand] {
            expectSame(engine) { backend, random in
                let norm = random.norm(width, on: backend)
                return backend.layerNorm(
                    random.tensor(images, rows, width, on: backend), norm, epsilon: 1e-6, as: kind)
            }
        }
        for columns in [2, 3] {
            for isAffine in [true, false] {
                expectSame(engine) { backend, random in
                    let norm = isAffine ? random.norm(width, on: backend) : nil
                    let modulation = random.tensor(images, rows, columns * width, on: backend)
                    return backend.modulatedLayerNorm(
                        random.tensor(images, rows, width, on: backend), norm, modulation: modulation, epsilon: 1e-6,
                        as: .operand)
                }
            }
        }
        expectSame(engine) { backend, random in
            let shifts = (0..<3).map { _ in random.tensor(1, 1, width, on: backend) }
            return backend.siluOfSums(random.tensor(images, rows, width, on: backend), shifts[...])
        }
    }

    @Test(
        arguments: engines,
        [(1, 1, 1, 1, 1, 1), (1, 1, 5, 5, 1, 8), (2, 2, 4, 9, 4, 64), (1, 2, 33, 33, 5, 160), (1, 1, 7, 70, 3, 210)])
    func `attention inside each sequence`(
        engine: Engine, shape: (images: Int, sequences: Int, queries: Int, keys: Int, heads: Int, width: Int)
    ) {
        expectSame(engine) { backend, random in
            let (images, sequences, width) = (shape.images, shape.sequences, shape.width)
            let q = random.operand(images, sequences * shape.queries, width, on: backend, scale: 2)
            let kv = random.operand(images, sequences * shape.keys, 2 * width, on: backend, scale: 2)
            return backend.attention(queries: q, keysValues: kv, heads: shape.heads, sequences: sequences)
        }
    }

    @Test(
        arguments: engines,
        [
            (1, 1, 1, 1, 1), (1, 3, 5, 7, 3), (2, 8, 8, 16, 33), (1, 19, 17, 8, 4), (1, 5, 6, 3, 130),
            (1, 2, 14, 300, 20),
        ])
    func `convolutions, of upsampled images too, and added to what is there`(
        engine: Engine, shape: (images: Int, height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        let pixels = shape.height * shape.width
        func layer(_ random: inout RandomValues, _ backend: any Backend) -> ConvolutionParameters {
            backend.makeConvolution(
                weight: random.values(shape.inputs * shape.outputs * 9, scale: 0.25),
                bias: random.values(shape.outputs), inputs: shape.inputs, outputs: shape.outputs)
        }
        for scale in [1, 2] {
            expectSame(engine) { backend, random in
                let layer = layer(&random, backend)
                let x = random.operand(shape.images, pixels, shape.inputs, on: backend)
                return backend.convolution(x, normedBy: nil, layer, width: shape.width, scale: scale)
            }
        }
        expectSame(engine) { backend, random in
            let layer = layer(&random, backend)
            let sum = random.tensor(shape.images, pixels, shape.outputs, on: backend)
            let x = random.operand(shape.images, pixels, shape.inputs, on: backend)
            backend.add(x, normedBy: nil, layer, width: shape.width, to: sum)
            return sum
        }
    }

    @Test(arguments: engines, [(1, 1, 32, 32), (2, 15, 64, 32), (1, 700, 96, 32), (1, 7, 6, 3)])
    func `group norms with and without SiLU`(
        engine: Engine, shape: (images: Int, pixels: Int, channels: Int, groups: Int)
    ) {
        for silu in [false, true] {
            expectSame(engine) { backend, random in
                let norm = GroupNorm(
                    random.norm(shape.channels, on: backend), groups: shape.groups, epsilon: 1e-6, silu: silu)
                return backend.groupNorm(
                    random.tensor(shape.images, shape.pixels, shape.channels, on: backend), norm)
            }
        }
    }

    /// An engine that norms the lines of an image as it reads them must not be told from one that norms the image first.
    @Test(
        arguments: engines,
        [(1, 1, 1, 2, 1), (2, 5, 6, 4, 9), (1, 19, 17, 8, 4), (2, 9, 16, 130, 20), (1, 6, 5, 3, 7)])
    func `a convolution of a normed image has the bits of the two one after the other`(
        engine: Engine, shape: (images: Int, height: Int, width: Int, inputs: Int, outputs: Int)
    ) {
        let backend = engine.makeBackend(threads: 2)
        var random = RandomValues()
        let (pixels, groups) = (shape.height * shape.width, shape.inputs % 2 == 0 ? 2 : 1)
        let layer = backend.makeConvolution(
            weight: random.values(shape.inputs * shape.outputs * 9, scale: 0.25),
            bias: random.values(shape.outputs), inputs: shape.inputs, outputs: shape.outputs)
        let x = random.tensor(shape.images, pixels, shape.inputs, on: backend)
        let onto = random.values(shape.images * pixels * shape.outputs)
        for silu in [nil, false, true] {
            let norm = silu.map { silu in
                GroupNorm(random.norm(shape.inputs, on: backend), groups: groups, epsilon: 1e-6, silu: silu)
            }
            let first = norm.map { backend.groupNorm(x, $0) } ?? backend.operand(x)
            for scale in [1, 2] {
                let together = backend.convolution(x, normedBy: norm, layer, width: shape.width, scale: scale)
                let apart = backend.convolution(first, normedBy: nil, layer, width: shape.width, scale: scale)
                #expect(backend.read(together) == backend.read(apart), "SiLU: \(silu as Bool?), scale \(scale)")
            }
            func sum(_ input: Tensor, _ norm: GroupNorm?) -> [Float] {
                let sum = backend.makeTensor(onto, images: shape.images, rows: pixels, columns: shape.outputs)
                backend.add(input, normedBy: norm, layer, width: shape.width, to: sum)
                return backend.read(sum)
            }
            #expect(sum(x, norm) == sum(first, nil), "SiLU: \(silu as Bool?)")
        }
    }

    @Test(arguments: engines)
    func `moved rows, of some of the images too`(engine: Engine) {
        expectSame(engine) { backend, random in
            let table = backend.makeParameter(random.values(5 * 3), rows: 5, columns: 3)
            let y = backend.gather(table, rows: [4, 0, 2, 4], images: 2)
            backend.add(table, rows: [1, 1, 3, 0], to: y)
            backend.copyRows(random.tensor(1, 4, 3, on: backend), from: [3, 1], to: [0, 2], of: y)
            backend.add(table, rows: [2, 0], to: y.images(1..<2))
            return y
        }
        for isOperand in [false, true] {
            expectSame(engine) { backend, random in
                let x = random.tensor(2, 3, 5, on: backend)
                return backend.gather(isOperand ? backend.operand(x) : x, rows: [4, 0, 5, 5])
            }
        }
    }

    /// Runs the same operation with the same numbers on the oracle and on an engine.
    private func expectSame(
        _ engine: Engine, sourceLocation: SourceLocation = #_sourceLocation,
        _ operation: (any Backend, inout RandomValues) -> Tensor
    ) {
        let backend = engine.makeBackend(threads: 2)
        let oracle = ReferenceBackend(precision: engine.precision == .int8 ? .int8 : .fp32)
        var (ours, theirs) = (RandomValues(), RandomValues())
        let tensor = operation(backend, &ours)
        let (result, expected) = (backend.read(tensor), oracle.read(operation(oracle, &theirs)))
        #expect(result.count == expected.count, sourceLocation: sourceLocation)
        let worst = zip(result, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
        let tolerance: Float = tensor.precision == .bf16 ? 0x1p-8 : 2e-5
        // A NaN fails every comparison.
        #expect(worst <= tolerance && result.allSatisfy(\.isFinite), sourceLocation: sourceLocation)
    }
}
