import Compute
import MARModel
import RepositoryFiles
import Testing

@testable import Checkpoint
@testable import Parity
@testable import Pipeline

@Suite("Replaying the reference's recorded runs")
struct ReferenceTraceTests {

    private func trace(_ name: String = "trace") throws -> SafetensorsFile {
        try SafetensorsFile(path: RepositoryFiles.tiny + "/\(name).safetensors")
    }

    private func replay(
        _ engine: Engine, _ name: String = "trace", tolerance: TraceTolerance = .full
    ) throws -> TraceReplay {
        let backend = engine.makeBackend(threads: 2)
        return try TraceReplay(
            try trace(name), model: try MARModel(directory: RepositoryFiles.tiny, backend: backend), backend: backend,
            tolerance: tolerance)
    }

    @Test func `a trace's groups are found`() throws {
        #expect(try replay(.openblas).groups == TraceReplay.Group.allCases)
    }

    @Test(arguments: Engine.available, TraceReplay.Group.allCases)
    func
        `layers agree to 1e-5, loops and image to 1e-4, and the same tokens are picked for detail; in bf16 within its own`(
            engine: Engine, group: TraceReplay.Group
        ) throws
    {
        let comparisons = try replay(engine, tolerance: .of(engine.precision)).compare(group)
        #expect(!comparisons.isEmpty)
        for comparison in comparisons {
            #expect(comparison.passes, "\(comparison.name): \(comparison.difference)")
        }
        if group == .gtrReuse { #expect(comparisons.map(\.name) == ["gtr_reuse.latents", "gtr_reuse.detail_tokens"]) }
        if group == .gtr { #expect(comparisons.map(\.name) == ["gtr.latents", "gtr.detail_tokens"]) }
    }

    @Test(arguments: Engine.available)
    func `a run that reveals few tokens first agrees too`(engine: Engine) throws {
        let replay = try replay(engine, "trace-cosine", tolerance: .of(engine.precision))
        #expect(replay.groups == [.gtr, .gtrReuse])
        for comparison in try replay.groups.flatMap(replay.compare) {
            #expect(comparison.passes, "\(comparison.name): \(comparison.difference)")
        }
    }

    @Test(arguments: [1, 2, 4])
    func `a run that reuses its guidance is no run with another reuse`(reuse: Int) throws {
        let comparisons = try replay(.openblas).compareTwoStages(.gtrReuse, guidanceReuse: reuse)
        #expect(comparisons.first?.passes == false)
    }

    @Test func `an error over the tolerance does not pass`() throws {
        let strict = TraceTolerance(layers: 1e-9, loops: 1e-9, image: 1e-9, picks: 0)
        let comparisons = try replay(.openblas, tolerance: strict).compare(.head)
        #expect(comparisons.map(\.passes) == [false])
    }

    @Test func `what is no number never passes`() {
        let numbers = TraceComparison("x", ours: [.nan, 1], trace: [0, 1], tolerance: 1e9)
        #expect(!numbers.passes)
        guard case .numbers(let maximum, let relative) = numbers.difference else {
            Issue.record("not numbers")
            return
        }
        #expect(maximum.isNaN && relative.isNaN)
        #expect(TraceComparison("x", ours: [2, 0], trace: [1, 0], tolerance: 1).passes)
        #expect(!TraceComparison("x", ours: [1], trace: [0], tolerance: 0.5).passes)
    }

    @Test func `a trace of another model is refused with the tensor and its shape`() throws {
        var configuration = ModelShape.tiny.configuration
        configuration.encoder.width = 32
        configuration.encoder.heads = 4
        let backend = Engine.reference.makeBackend(threads: 1)
        let other = try MARModel(randomWeights: configuration, backend: backend)
        let replay = try TraceReplay(try trace(), model: other, backend: backend)
        let error = #expect(throws: TraceError.self) { try replay.compare(.blocks) }
        #expect(String(describing: error).contains("blocks.encoder_out has shape [2, 33, 64]"))
    }
}
