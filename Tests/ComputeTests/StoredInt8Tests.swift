import Testing

@testable import Compute

/// Weights that are stored in 8 bits: an int8 engine computes with them what it computes with the numbers they were made of, bit
/// for bit, and any other engine what it computes with number * scale.
@Suite("Weights stored in 8 bits")
struct StoredInt8Tests {
    private static let shapes = [(1, 1), (5, 7), (64, 192), (63, 65), (603, 257)]

    /// [outputs, inputs] of all magnitudes with every bit of the mantissa, the first row 0 and the last one tiny.
    private func weights(inputs: Int, outputs: Int) -> [Float] {
        var random = RandomValues()
        let count = inputs * outputs
        var values = zip(random.values(count), random.values(count)).map { $0 * $1 / 3 }
        guard outputs > 2 else { return values }
        for index in 0..<inputs { values[index] = 0 }
        for index in count - inputs..<count { values[index] *= 1e-31 }
        return values
    }

    private func run(_ layer: LinearParameters, on backend: any Backend) -> [Float] {
        var random = RandomValues()
        let input = zip(random.values(9 * layer.inputs), random.values(9 * layer.inputs)).map { $0 * $1 / 3 }
        let x = backend.makeTensor(input, images: 1, rows: 9, columns: layer.inputs)
        return backend.read(backend.linear(x, layer))
    }

    @Test(arguments: Engine.available, shapes)
    func `a layer computes what it would with the numbers themselves`(
        engine: Engine, shape: (inputs: Int, outputs: Int)
    ) {
        let backend = engine.makeBackend(threads: 2)
        let weight = weights(inputs: shape.inputs, outputs: shape.outputs)
        var random = RandomValues()
        let bias = random.values(shape.outputs)
        let stored = QuantisedMatrix(weight, columns: shape.inputs)
        for place in [LayerPlace.block, .edge] {
            let multipliesInt8 = engine.precision == .int8 && place == .block
            let plain = backend.makeLinear(
                weight: multipliesInt8 ? weight : stored.values, bias: bias, inputs: shape.inputs,
                outputs: shape.outputs, at: place)
            let expected = run(plain, on: backend)
            #expect(expected.allSatisfy { $0.isFinite })
            #expect(run(backend.makeLinear(weight: stored, bias: bias, at: place), on: backend) == expected)
        }
    }

    @Test func `some rows of a matrix are those rows with their scales`() {
        let weight = weights(inputs: 5, outputs: 7)
        let stored = QuantisedMatrix(weight, columns: 5)
        #expect(stored.rows == 7 && stored.numbers.allSatisfy { $0 != .min })
        #expect(stored[2..<5] == QuantisedMatrix(Array(weight[10..<25]), columns: 5))
        #expect(stored[2..<5].values == Array(stored.values[10..<25]))
        #expect(stored.scales[0] == 1 && stored.values[..<5].allSatisfy { $0 == 0 })
    }

    #if arch(x86_64)
    /// Packing needs no instruction of the processor that reads the panels: so this holds the int8 kernels' weights everywhere.
    @Test(arguments: shapes) func `packed weights are the same bytes`(shape: (inputs: Int, outputs: Int)) {
        // A column of zeros has a scale of 0 there, and of 1 in a file: its sums are 0 either way.
        let weight = weights(inputs: shape.inputs, outputs: shape.outputs).map { $0 == 0 ? 1e-9 : $0 }
        let plain = PackedTile.avx512.panels(
            of: weight, .int8, columns: shape.outputs, taps: 1, depth: shape.inputs)
        let stored = PackedTile.avx512.panels(of: QuantisedMatrix(weight, columns: shape.inputs))
        #expect(plain.byteCount == stored.byteCount && bytes(plain) == bytes(stored))
    }

    private func bytes(_ block: HostBlock) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: block.base, count: block.byteCount))
    }
    #endif
}
