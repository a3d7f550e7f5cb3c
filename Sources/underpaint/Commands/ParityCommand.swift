import ArgumentParser
import Checkpoint
import Compute
import Foundation
import JSON
import MARModel
import Parity

/// `underpaint parity`: a model against the recorded run of a reference implementation.
struct ParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity", abstract: "Compare a model with a reference's trace, tensor by tensor.",
        discussion: """
            Errors are ||ours - trace|| / ||trace||. In fp32 encoder, decoder and head have to agree to 1e-5, latents \
            and image to 1e-4; with weights or products in bf16 to 0.03, and latents to 0.1. Exits with 1 if one does \
            not. Without --precision: fp32.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Directory of the model.", completion: .directory)
    var model: String

    @Option(name: .long, help: "trace.safetensors, as training/reference/trace.py writes it.", completion: .file())
    var trace: String

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
        let settings = try options.load()
        // Agreement is about what is computed, not how fast: the precision is fp32 unless another one is asked for.
        let choice = EngineChoice(
            offer: settings.compute.backend, precision: settings.compute.precision ?? .fp32)
        if let fallback = choice.fallback { FileHandle.standardError.write(Data("\(fallback)\n".utf8)) }
        let backend = choice.engine.makeBackend(threads: settings.workerPlan.threads)
        let weights = try SafetensorsFile(path: URL(filePath: model).appending(path: "model.safetensors").path)
        let bits = weights.fewestBits
        let tolerance = TraceTolerance.of(choice.engine.precision, storedBits: bits)
        let replay = try TraceReplay(
            try SafetensorsFile(path: trace), model: try MARModel(directory: model, backend: backend),
            backend: backend, tolerance: tolerance)
        if !json {
            print("\(model) on \(choice.engine), weights stored in \(bits < 32 ? "\(bits) bits" : "fp32")")
            print(Self.columns.row("tensor", ["max abs", "relative", "tolerance"]))
        }
        var comparisons: [TraceComparison] = []
        for group in replay.groups {
            let compared = try replay.compare(group)
            comparisons += compared
            if !json { compared.forEach { print(Self.row($0)) } }
        }
        let passes = comparisons.allSatisfy(\.passes)
        if json {
            print(
                JSONValue.record([
                    "model": .string(model), "backend": .string(choice.engine.name),
                    "precision": .string(choice.engine.precision.rawValue), "passes": .bool(passes),
                    "tensors": .array(comparisons.map(\.json)),
                ]).text(isIndented: true))
        }
        if !passes { throw ExitCode(1) }
    }

    private static func row(_ comparison: TraceComparison) -> String {
        let verdict = comparison.passes ? "" : "  OVER TOLERANCE"
        switch comparison.difference {
        case .numbers(let maximum, let relative):
            return columns.row(comparison.name, [maximum, relative, comparison.tolerance].map(scientific)) + verdict
        case .entries(let different, let total):
            let allowed = Int(comparison.tolerance * Double(total))
            return columns.row(comparison.name, ["", "\(different) of \(total)", "\(allowed) of \(total)"]) + verdict
        }
    }

    private static let columns = TableColumns(name: 24, cell: 12)

    private static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }
}

extension TraceComparison {
    /// JSON has no infinities.
    private func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }

    fileprivate var json: JSONValue {
        switch difference {
        case .numbers(let maximum, let relative):
            .record([
                "name": .string(name), "max_absolute": number(maximum), "relative": number(relative),
                "tolerance": .number(tolerance), "passes": .bool(passes),
            ])
        case .entries(let different, let total):
            .record([
                "name": .string(name), "different": .integer(different), "of": .integer(total),
                "passes": .bool(passes),
            ])
        }
    }
}
