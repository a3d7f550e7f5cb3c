import Compute
import Testing

@testable import MARModel

@Suite("Random weights")
struct RandomWeightsTests {
    @Test func `a matrix has variance 1 / inputs and no two rows alike`() {
        let values = RandomWeights().values(
            "layer.weight", shape: [100, 256], role: .matrix(inputs: 256, at: .block))
        let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
        #expect(values.count == 25_600 && abs(variance * 256 - 1) < 0.05)
        let rows = (0..<100).map { Array(values[$0 * 256..<($0 + 1) * 256]) }
        #expect(Set(rows).count == 100)
    }

    @Test func `norms start as the identity, and the same name has the same numbers`() {
        let weights = RandomWeights()
        #expect(weights.values("norm.weight", shape: [3], role: .scale) == [1, 1, 1])
        #expect(weights.values("norm.bias", shape: [2], role: .shift) == [0, 0])
        let table = weights.values("a", shape: [1, 5000], role: .table)
        #expect(table == RandomWeights().values("a", shape: [1, 5000], role: .table))
        #expect(table != weights.values("b", shape: [1, 5000], role: .table))
    }

    @Test func `every shape has the dimensions that a model file could have`() {
        for shape in ModelShape.allCases {
            let configuration = shape.configuration
            #expect(configuration.name == shape.rawValue)
            #expect(configuration.encoder.width % configuration.encoder.heads == 0)
            #expect(configuration.tokenCount == (shape == .tiny ? 64 : 256))
        }
    }

    @Test func `a model of random weights keeps its activations in range`() throws {
        let backend = Engine.openblas.makeBackend(threads: 1)
        let model = try MARModel(randomWeights: ModelShape.tiny.configuration, backend: backend)
        let canvas = Canvas(known: [[]], latents: [], classRows: [[3, model.encoder.unconditionalRow]])
        let z = model.decoder.decode(
            model.encoder.encode(canvas, on: backend), of: canvas, wanted: [Array(0..<64)], on: backend)
        #expect(backend.read(z).allSatisfy { $0.isFinite && abs($0) < 100 })
        let pixels = model.vae.decode([Float](repeating: 10_000, count: 64 * 16), on: backend)
        #expect(pixels.allSatisfy { $0.isFinite && abs($0) < 1000 })
    }
}
