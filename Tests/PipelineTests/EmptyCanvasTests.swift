import Compute
import Generation
import MARModel
import RepositoryFiles
import Sampler
import Testing

@testable import Pipeline

@Suite("The empty canvas of a class is computed once")
struct EmptyCanvasTests {

    @Test(arguments: Engine.available)
    func `its conditions are those of the decoder, for any tokens and classes, known or not`(engine: Engine) throws {
        let backend = engine.makeBackend(threads: 2)
        let model = try MARModel(directory: RepositoryFiles.tiny, backend: backend)
        let emptyCanvas = EmptyCanvas(model: model, backend: backend)
        let unconditional = model.encoder.unconditionalRow
        for (classRows, wanted) in [
            ([[3, unconditional]], [[7, 1, 60]]),
            ([[3, unconditional], [5, unconditional]], [[0, 2, 4], [63, 62, 61]]),
            ([[5]], [Array(0..<64)]),
        ] {
            var clock = StageClock()
            let z = emptyCanvas.decode(classRows, wanted: wanted, stage: .structure, clock: &clock)
            let canvas = Canvas(known: wanted.map { _ in [] }, latents: [], classRows: classRows)
            let expected = backend.read(
                model.decoder.decode(
                    model.encoder.encode(canvas, on: backend), of: canvas, wanted: wanted, on: backend))
            let found = backend.read(z)
            let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
            #expect(found.count == expected.count && worst <= (engine.joinsRows ? 0 : 1e-5))
        }
    }

    @Test func `what is known takes no time`() throws {
        let backend = Engine.openblas.makeBackend(threads: 1)
        let emptyCanvas = EmptyCanvas(
            model: try MARModel(directory: RepositoryFiles.tiny, backend: backend), backend: backend)
        func time(_ row: Int) -> Duration {
            var clock = StageClock()
            _ = emptyCanvas.decode([[row]], wanted: [[0]], stage: .structure, clock: &clock)
            guard case .structure(let work) = clock.stages[0] else { return .zero }
            return work.decoder
        }
        #expect(time(0) > .zero)
        #expect(time(0) == .zero)
        for row in 1...10 { #expect(time(row) > .zero) }
        #expect(emptyCanvas.rowCount == 11 && time(0) == .zero)
    }
}
