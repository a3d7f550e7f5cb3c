import Compute
import Foundation
import RepositoryFiles
import Testing

@testable import Checkpoint
@testable import MARModel

/// What the PyTorch reference computed with the small model of `Tests/Fixtures/tiny`.
enum Tiny {
    static func trace() throws -> SafetensorsFile {
        try SafetensorsFile(path: RepositoryFiles.tiny + "/trace.safetensors")
    }
}

/// ||ours - reference|| / ||reference||.
func relativeError(_ ours: [Float], _ reference: [Float]) -> Double {
    precondition(ours.count == reference.count, "as many numbers on both sides")
    let difference = zip(ours, reference).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (difference / reference.reduce(0.0) { $0 + pow(Double($1), 2) }).squareRoot()
}

/// [C, N] as [N, C].
func channelsLast(_ values: ArraySlice<Float>, channels: Int) -> [Float] {
    let count = values.count / channels
    var result: [Float] = []
    for position in 0..<count {
        for channel in 0..<channels { result.append(values[values.startIndex + channel * count + position]) }
    }
    return result
}

extension Engine {
    /// bf16 keeps 8 bits of what goes into a product: measured relative errors of the parts are 2e-3 to 1e-2.
    func tolerance(_ fp32: Double) -> Double { precision == .int8 ? 1e-1 : precision == .bf16 ? 2e-2 : fp32 }
}

@Suite("The model agrees with the reference's recorded results")
struct MARModelTests {
    @Test(arguments: Engine.available)
    func `encoder and decoder agree to 1e-5, in bf16 to 2e-2`(engine: Engine) throws {
        let backend = engine.makeBackend(threads: 2)
        let model = try MARModel(directory: RepositoryFiles.tiny, backend: backend)
        let trace = try Tiny.trace()
        let (tokens, mask) = (try trace.floats("blocks.tokens"), try trace.floats("blocks.mask"))
        let labels = try trace.integers("blocks.labels")
        var (known, latents): ([[Int]], [Float]) = ([], [])
        for image in 0..<2 {
            let present = (0..<64).filter { mask[image * 64 + $0] == 0 }
            known.append(present)
            for token in present { latents += tokens[(image * 64 + token) * 16..<(image * 64 + token + 1) * 16] }
        }
        let canvas = Canvas(known: known, latents: latents, classRows: labels.map { [$0] })

        let encoded = model.encoder.encode(canvas, on: backend)
        #expect(relativeError(backend.read(encoded), try trace.floats("blocks.encoder_out")) < engine.tolerance(1e-5))
        let z = model.decoder.decode(
            encoded, of: canvas, wanted: [Array(0..<64), Array(0..<64)], on: backend)
        #expect(relativeError(backend.read(z), try trace.floats("blocks.z")) < engine.tolerance(1e-5))
    }

    @Test(arguments: Engine.available)
    func `the diffusion head agrees to 1e-5, in bf16 to 2e-2`(engine: Engine) throws {
        let backend = engine.makeBackend(threads: 2)
        let head = try MARModel(directory: RepositoryFiles.tiny, backend: backend).head
        let trace = try Tiny.trace()
        let (x, c) = (try trace.floats("head.x"), try trace.floats("head.c"))
        var outputs: [Float] = []
        for (row, timestep) in try trace.integers("head.t").enumerated() {
            let noisy = backend.makeTensor(
                Array(x[row * 16..<(row + 1) * 16]), images: 1, rows: 1, columns: 16)
            let condition = backend.makeTensor(
                Array(c[row * 64..<(row + 1) * 64]), images: 1, rows: 1, columns: 64)
            let modulation = head.modulate(
                times: head.embed(timesteps: [timestep], on: backend)[...],
                conditions: head.embed(conditions: condition, on: backend), on: backend)[0]
            outputs += backend.read(head.evaluate(noisy, modulation, on: backend))
        }
        #expect(relativeError(outputs, try trace.floats("head.out")) < engine.tolerance(1e-5))
    }

    @Test(arguments: Engine.available)
    func `the VAE decoder agrees to 1e-4, in bf16 to 2e-2`(engine: Engine) throws {
        let backend = engine.makeBackend(threads: 2)
        let vae = try MARModel(directory: RepositoryFiles.tiny, backend: backend).vae
        let trace = try Tiny.trace()
        let (latents, images) = (try trace.floats("vae.latents"), try trace.floats("vae.image"))
        for image in 0..<2 {
            // [C, L] in the trace, [L, C] here; and [3, H, W] there, [H, W, 3] here.
            let tokens = channelsLast(latents[image * 16 * 64..<(image + 1) * 16 * 64], channels: 16)
            let expected = channelsLast(images[image * 3 * 1024..<(image + 1) * 3 * 1024], channels: 3)
            #expect(relativeError(vae.decode(tokens, on: backend), expected) < engine.tolerance(1e-4))
        }
    }
}

@Suite("What the model leaves out changes no result")
struct SavingsTests {
    private let canvas = Canvas(
        known: [[3, 20, 41], [0, 1, 2]], latents: (0..<6 * 16).map { sin(Float($0)) }, classRows: [[1, 10], [4, 10]])

    /// The last block computes only the wanted tokens. Where a product's rows may influence each other, the last bits may.
    @Test(arguments: Engine.available)
    func `a token's condition is the same whichever others are asked for`(engine: Engine) throws {
        let backend = engine.makeBackend(threads: 2)
        let model = try MARModel(directory: RepositoryFiles.tiny, backend: backend)
        let encoded = model.encoder.encode(canvas, on: backend)
        func decode(_ wanted: [Int]) -> [Float] {
            backend.read(model.decoder.decode(encoded, of: canvas, wanted: [wanted, wanted], on: backend))
        }
        let (all, width) = (decode(Array(0..<64)), model.configuration.decoder.width)
        for wanted in [[63], [5, 17, 30], Array(8..<40)] {
            let some = decode(wanted)
            for sequence in 0..<4 {
                for (row, token) in wanted.enumerated() {
                    let expected = all[((sequence * 64 + token) * width)...].prefix(width)
                    let found = some[((sequence * wanted.count + row) * width)...].prefix(width)
                    if engine.joinsRows {
                        #expect(Array(found) == Array(expected))
                    } else {
                        #expect(relativeError(Array(found), Array(expected)) < 1e-6)
                    }
                }
            }
        }
    }

    @Test(arguments: Engine.available)
    func `several diffusion steps at once have the modulation of each alone`(engine: Engine) throws {
        let backend = engine.makeBackend(threads: 2)
        let head = try MARModel(directory: RepositoryFiles.tiny, backend: backend).head
        func tensor(_ columns: Int) -> Tensor {
            backend.makeTensor((0..<10 * columns).map { cos(Float($0)) }, images: 2, rows: 5, columns: columns)
        }
        let (x, conditions) = (tensor(16), head.embed(conditions: tensor(64), on: backend))
        let times = head.embed(timesteps: [0, 17, 400, 950], on: backend)
        let together = head.modulate(times: times[...], conditions: conditions, on: backend)
        for (index, modulation) in together.enumerated() {
            let alone = head.modulate(times: times[index...index], conditions: conditions, on: backend)[0]
            let time = head.embed(timesteps: [[0, 17, 400, 950][index]], on: backend)
            let apart = head.modulate(times: time[...], conditions: conditions, on: backend)[0]
            let expected = backend.read(head.evaluate(x, alone, on: backend))
            #expect(backend.read(head.evaluate(x, modulation, on: backend)) == expected)
            #expect(backend.read(head.evaluate(x, apart, on: backend)) == expected)
        }
    }
}
