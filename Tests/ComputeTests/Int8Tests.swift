import Testing

@testable import Compute

/// int8 against its definition (`QuantisedRow`, `QuantisedLayer`): the same bits, not a tolerance. That holds the sums to it too:
/// a sum that is off by one changes the result by a whole scale.
@Suite("int8 is what its definition says")
struct Int8Tests {
    private static let engines = Engine.available.filter { $0.precision == .int8 && $0.offer != .reference }
    private static let shapes = [(1, 1, 1), (3, 5, 7), (17, 64, 192), (13, 63, 65), (31, 603, 257), (6, 3072, 130)]

    /// Numbers of all magnitudes with every bit of the mantissa, and some that are 0.
    private func values(_ count: Int, _ random: inout RandomValues) -> [Float] {
        zip(random.values(count), random.values(count)).map { $0 * $1 / 3 }
    }

    @Test(arguments: engines, shapes)
    func `a layer of a block gives the oracle's bits, alone and among other rows`(
        engine: Engine, shape: (rows: Int, inputs: Int, outputs: Int)
    ) {
        func run(_ backend: any Backend, rows: Range<Int>) -> [Float] {
            var random = RandomValues()
            let layer = backend.makeLinear(
                weight: values(shape.inputs * shape.outputs, &random), bias: values(shape.outputs, &random),
                inputs: shape.inputs, outputs: shape.outputs, at: .block)
            let input = values(shape.rows * shape.inputs, &random)
            let part = Array(input[rows.lowerBound * shape.inputs..<rows.upperBound * shape.inputs])
            let x = backend.makeTensor(part, images: 1, rows: rows.count, columns: shape.inputs)
            return backend.read(backend.linear(x, layer))
        }
        let expected = run(ReferenceBackend(precision: .int8), rows: 0..<shape.rows)
        #expect(Set(expected).count > expected.count / 2)
        for threads in 1...3 {
            #expect(run(engine.makeBackend(threads: threads), rows: 0..<shape.rows) == expected)
        }
        let backend = engine.makeBackend(threads: 2)
        for row in [0, shape.rows / 2, shape.rows - 1] {
            let alone = run(backend, rows: row..<row + 1)
            #expect(alone == Array(expected[row * shape.outputs..<(row + 1) * shape.outputs]))
        }
    }

    #if arch(x86_64)
    /// The tiles with AVX2 that this processor runs; an engine takes the last one.
    private static let tilesWithAVX2: [PackedTile] =
        (Processor.current.hasAVX2 ? [.avx2] : []) + (Processor.current.hasAVXVNNI ? [.avxVNNI] : [])

    @Test(arguments: tilesWithAVX2)
    func `the largest numbers leave no register, with AVX-VNNI and without`(tile: PackedTile) {
        let (inputs, outputs) = (515, 41)
        func run(_ backend: any Backend, rows: Int) -> [Float] {
            // Extremes of all signs beside each other, and numbers between them.
            let sign: (Int) -> Float = { $0 & 1 == 0 ? 1 : -1 }
            var random = RandomValues()
            let weight = values(inputs * outputs, &random).enumerated().map { $0 % 5 < 4 ? sign($0 / 3) : $1 }
            let input = values(inputs * rows, &random).enumerated().map { $0 % 7 < 6 ? sign($0 / 5) : $1 }
            let layer = backend.makeLinear(
                weight: weight, bias: random.values(outputs), inputs: inputs, outputs: outputs, at: .block)
            return backend.read(
                backend.linear(backend.makeTensor(input, images: 1, rows: rows, columns: inputs), layer))
        }
        let backend = PackedBackend(tile, precision: .int8, threads: 2)
        for rows in Array(1...14) + [96, 97, 200] {
            #expect(run(backend, rows: rows) == run(ReferenceBackend(precision: .int8), rows: rows), "\(rows) rows")
        }
    }

    /// What this processor surrounds int8 with.
    private static let around: [(PackedTile, Precision)] =
        tilesWithAVX2.map { ($0, .fp32) } + (Processor.current.hasAVX512 ? [(.avx512, .fp32)] : [])
        + (Processor.current.hasAVX512BF16 ? [(.avx512, .bf16)] : [])

    @Test(arguments: around)
    func `rows in 8 bits are within half a step of their numbers, whatever the precision around them`(
        tile: PackedTile, around: Precision
    ) {
        let backend = PackedBackend(tile, precision: .int8, threads: 2, around: around)
        var random = RandomValues()
        for (rows, columns) in [(1, 1), (5, 3), (40, 130), (700, 768)] {
            let x = backend.operand(random.tensor(1, rows, columns, on: backend))
            #expect(x.precision == around)
            let quantised = backend.blockOperand(x)
            #expect(quantised.precision == .int8 && backend.blockOperand(quantised).precision == .int8)
            let (numbers, steps) = (backend.read(x), backend.read(quantised))
            for row in 0..<rows {
                let range = row * columns..<(row + 1) * columns
                let definition = QuantisedRow(numbers[range])
                #expect(Array(steps[range]) == definition.numbers.map { definition.scale * Float($0) })
                let most = 0.5001 * definition.scale
                #expect(range.allSatisfy { abs(numbers[$0] - steps[$0]) <= most })
            }
            let last = backend.gather(quantised, rows: [rows - 1, 0])
            let expected = Array(steps[((rows - 1) * columns)...]) + Array(steps[..<columns])
            #expect(backend.read(last) == expected)
        }
    }
    #endif

    @Test(arguments: engines)
    func `a norm for a block is the operand's norm in 8 bits, and so is a layer's result`(engine: Engine) {
        let backend = engine.makeBackend(threads: 2)
        var random = RandomValues()
        let x = random.tensor(2, 37, 130, on: backend)
        let norm = random.norm(130, on: backend)
        let modulation = random.tensor(2, 37, 390, on: backend)
        let layer = random.linear(inputs: 130, outputs: 70, on: backend)
        let pairs = [TensorKind.operand, .blockOperand].map { kind in
            [
                backend.layerNorm(x, norm, epsilon: 1e-6, as: kind),
                backend.modulatedLayerNorm(x, norm, modulation: modulation, epsilon: 1e-6, as: kind),
                backend.linear(x, layer, activation: .gelu, as: kind),
            ]
        }
        for (operand, block) in zip(pairs[0], pairs[1]) {
            #expect(block.precision == .int8)
            #expect(backend.read(block) == backend.read(backend.blockOperand(operand)))
        }
    }

    @Test(arguments: engines)
    func `layers outside of the blocks lose nothing to 8 bits`(engine: Engine) {
        let backend = engine.makeBackend(threads: 2)
        func run(_ backend: any Backend) -> [Float] {
            var random = RandomValues()
            let layer = random.linear(inputs: 64, outputs: 33, on: backend, at: .edge)
            return backend.read(backend.linear(random.operand(1, 9, 64, on: backend), layer))
        }
        let worst = zip(run(backend), run(ReferenceBackend())).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 2e-5)
    }

    @Test(arguments: engines)
    func `what is no number stays none, and its neighbours' rows stay what they are`(engine: Engine) {
        let backend = engine.makeBackend(threads: 1)
        var random = RandomValues()
        let layer = random.linear(inputs: 20, outputs: 16, on: backend)
        func run(_ bad: Float) -> [Float] {
            var values = RandomValues().tensorValues(3 * 20)
            values[25] = bad
            return backend.read(backend.linear(backend.makeTensor(values, images: 1, rows: 3, columns: 20), layer))
        }
        let good = run(0.5)
        for bad in [Float.nan, .infinity, -.infinity] {
            let result = run(bad)
            #expect(result[16..<32].allSatisfy { !$0.isFinite })
            #expect(result[..<16] == good[..<16] && result[32...] == good[32...])
        }
    }
}

extension RandomValues {
    fileprivate func tensorValues(_ count: Int) -> [Float] {
        var random = self
        return random.values(count)
    }
}
