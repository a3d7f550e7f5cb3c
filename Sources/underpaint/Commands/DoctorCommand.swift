import ArgumentParser
import Bench
import Compute
import Foundation
import JSON
import WorkerPool

/// `underpaint doctor`: what this machine has, what each engine reaches on it, and what the service takes.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this machine has, and what the service makes of it.",
        discussion: """
            Measures for a few seconds: a large linear layer on every engine that the processor runs, reading memory, and \
            how long two threads take to answer each other. Other work on the machine makes every figure worse. \
            docs/performance.md says how the engine is chosen.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
        let settings = try options.load()
        let cores = ProcessorShare.current
        let plan = settings.workerPlan(cores: cores)
        let machine = Machine(
            report: .measure(threads: plan.threads), choice: settings.engineChoice,
            cores: ProcessInfo.processInfo.activeProcessorCount, usableCores: cores, plan: plan)
        print(json ? machine.json.text() : machine.text)
    }
}

/// What the doctor found.
private struct Machine {
    let report: MachineReport
    let choice: EngineChoice
    /// Of the machine.
    let cores: Int
    /// By affinity and quota.
    let usableCores: Int
    let plan: WorkerPlan

    var text: String {
        let columns = TableColumns(name: 24, cell: 10)
        func number(_ value: Double) -> String { String(format: "%.1f", value) }
        var lines = [
            "processor: \(report.processor.name)",
            "features: \(report.processor.features.joined(separator: ", "))",
            "cores: \(cores), \(usableCores) of them ours by affinity and quota; \(sharing)",
            columns.row("engine", ["GFLOP/s"]),
        ]
        lines += report.speeds.map { columns.row("  \($0.engine)", [number($0.gflops)]) }
        lines.append("memory: \(number(report.gigabytesPerSecond)) GB/s")
        let trip = report.roundTripNanoseconds.map { "\(number($0)) ns" }
        lines.append("core to core and back: \(trip ?? "one thread")")
        lines.append("takes: \(choice.engine)")
        if let fallback = choice.fallback { lines.append(fallback) }
        return lines.joined(separator: "\n")
    }

    private var sharing: String {
        plan.sharedCores == nil
            ? "\(plan.threads) threads for each worker (\(plan.count))"
            : "\(plan.count) workers share them, a job that runs alone has \(plan.threads) threads"
    }

    var json: JSONValue {
        .record([
            "processor": .string(report.processor.name),
            "features": .array(report.processor.features.map { .string($0) }),
            "cores": .integer(cores), "usable_cores": .integer(usableCores), "workers": .integer(plan.count),
            "threads_per_worker": .integer(plan.threads), "shares_cores": .bool(plan.sharedCores != nil),
            "engines": .array(
                report.speeds.map { speed in
                    .record([
                        "backend": .string(speed.engine.name),
                        "precision": .string(speed.engine.precision.rawValue),
                        "gflops": .measured(speed.gflops),
                    ])
                }),
            "bandwidth_gb_s": .measured(report.gigabytesPerSecond),
            "core_round_trip_ns": report.roundTripNanoseconds.map { .measured($0) },
            "backend": .string(choice.engine.name), "precision": .string(choice.engine.precision.rawValue),
            "fallback": choice.fallback.map { .string($0) },
        ])
    }
}
