package import Compute
import Foundation
import Generation
package import JSON
package import MARModel
import Pipeline

/// The diffusion head by itself at a fixed number of rows, beside the time that memory takes to give it its weights.
package struct HeadMeasurement {
    /// Diffusion steps of the measured chain.
    private static let stepCount = 48
    private static let repetitions = 5

    package let model: String
    package let engine: Engine
    /// R: tokens times halves.
    package let rows: Int
    /// Of one diffusion step, the fastest of several chains.
    package let stepSeconds: Double
    /// Of reading all weights of one evaluation once, at the bandwidth measured just before.
    package let readingSeconds: Double

    package init(_ model: MARModel, engine: Engine, on backend: any Backend, threads: Int, rows: Int) {
        self.model = model.configuration.name
        self.engine = engine
        self.rows = rows
        let width = model.configuration.decoder.width
        let ceilings = MachineCeilings.measure(width: width, engine: engine, threads: threads)
        let weights = ModelOperations(model.configuration).headEvaluationWeights * engine.precision.byteCount
        readingSeconds = Double(weights) / 1e9 / ceilings.gigabytesPerSecond
        let clock = ContinuousClock()
        let chains = (0...Self.repetitions).map { _ in
            clock.measure { Self.runChain(model.head, width: width, rows: rows, on: backend) }
        }
        stepSeconds = chains.dropFirst().map(\.seconds).reduce(.infinity, min) / Double(Self.stepCount)
    }

    /// What a chain of the sampler computes, without its noise.
    private static func runChain(_ head: DiffusionHead, width: Int, rows: Int, on backend: any Backend) {
        func constant(_ columns: Int) -> Tensor {
            backend.makeTensor(
                [Float](repeating: 0.5, count: rows * columns), images: 1, rows: rows, columns: columns)
        }
        let (x, conditions) = (constant(head.latentChannels), head.embed(conditions: constant(width), on: backend))
        let times = head.embed(timesteps: (0..<stepCount).map { 20 * $0 }, on: backend)
        let window = backend.thresholds.stepsPerReading(rows: rows)
        for start in stride(from: 0, to: stepCount, by: window) {
            let steps = start..<min(start + window, stepCount)
            for modulation in head.modulate(times: times[steps], conditions: conditions, on: backend) {
                _ = head.evaluate(x, modulation, on: backend)
            }
        }
    }

    package var json: JSONValue {
        .record([
            "model": .string(model), "backend": .string(engine.name),
            "precision": .string(engine.precision.rawValue), "head_rows": .integer(rows),
            "step_ms": .measured(1e3 * stepSeconds), "reading_ms": .measured(1e3 * readingSeconds),
            "ratio": .measured(BenchRun.ratio(stepSeconds, readingSeconds)),
        ])
    }

    package var line: String {
        String(
            format: "%@ head, %@, %d rows: %.2f ms a diffusion step, %.2f x reading all its weights (%.2f ms)", model,
            engine.description, rows, 1e3 * stepSeconds, BenchRun.ratio(stepSeconds, readingSeconds),
            1e3 * readingSeconds)
    }
}
