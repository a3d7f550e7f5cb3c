import ArgumentParser
import Bench
import Compute
import Foundation
import JSON
import MARModel
import Sampler

/// `underpaint bench`: where the time goes, beside what the machine could do.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure a model beside the ceilings of the machine.",
        discussion: """
            Without --shape or --model: the configured default model. The matmul ceiling and the memory bandwidth are \
            measured just before each run, with the same backend and threads. docs/performance.md says what the \
            figures mean.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "A published size with random weights: mar-b, mar-l or mar-h.")
    var shape: ModelShape?

    @Option(name: .long, help: "A model of the model directory.")
    var model: String?

    @Option(name: .long, help: "Sampler preset.")
    var sampler = SamplerPreset.gtr16

    @Option(name: [.long, .customShort("n")], help: "Images of one run.")
    var images = 1

    @Option(name: .long, help: "Runs, of each side in a comparison.")
    var rounds = 1

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Two samplers or two backends, measured in turn; a backend may name its precision: avx512:fp32.",
            valueName: "a,b"))
    var compare: String?

    @Option(name: .long, help: "Measure the diffusion head by itself, at this number of rows (tokens times halves).")
    var headRows: Int?

    @Flag(name: .long, help: "Print one JSON object per line: each run, then the comparison.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(images) else { throw ValidationError("--images takes 1...1000, not \(images)") }
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds takes 1...1000, not \(rounds)") }
        if let headRows, !(1...1024).contains(headRows) {
            throw ValidationError("--head-rows takes 1...1024, not \(headRows)")
        }
        if headRows != nil && compare != nil { throw ValidationError("--head-rows and --compare exclude each other") }
        if shape != nil && model != nil { throw ValidationError("--shape and --model exclude each other") }
    }

    func run() throws {
        guard let compare else {
            let subject = try subject()
            if let headRows {
                for _ in 0..<rounds {
                    let head = subject.measureHead(rows: headRows)
                    print(json ? head.json.text() : head.line)
                }
                return
            }
            for _ in 0..<rounds { show(try subject.measure(sampler, images: images)) }
            return
        }
        let names = compare.split(separator: ",").map(String.init)
        guard names.count == 2 else {
            throw ValidationError("--compare takes two names with a comma, not \"\(compare)\"")
        }
        let samplers = names.compactMap { SamplerPreset(rawValue: $0) }
        if samplers.isEmpty {
            let subjects = try names.map { try subject(overrides: Self.backendOverrides($0)) }
            try measureInTurn(zip(names, subjects).map { ($0, $1, sampler) })
        } else {
            guard samplers.count == 2 else { throw Self.unknown(names.first { SamplerPreset(rawValue: $0) == nil }) }
            let subject = try subject()
            try measureInTurn(zip(names, samplers).map { ($0, subject, $1) })
        }
    }

    /// `avx512` or `avx512:fp32` as configuration.
    private static func backendOverrides(_ name: String) throws -> [String: String] {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        guard let backend = parts.first, EngineOffer.named(backend) != nil else { throw unknown(name) }
        return ["compute.backend": backend].merging(parts.count == 2 ? ["compute.precision": parts[1]] : [:]) { $1 }
    }

    private static func unknown(_ name: String?) -> ValidationError {
        let samplers = SamplerPreset.allCases.map(\.rawValue).joined(separator: ", ")
        let backends = EngineOffer.all.map(\.name).joined(separator: ", ")
        return ValidationError(
            "--compare takes two samplers (\(samplers)) or two backends (\(backends)), not \"\(name ?? "")\"")
    }

    private func subject(overrides: [String: String] = [:]) throws -> BenchSubject {
        let settings = try options.load(overrides: overrides)
        let target =
            shape.map(BenchTarget.shape)
            ?? .named(model ?? settings.models.defaultName, directory: settings.models.directory)
        let choice = settings.engineChoice
        if let fallback = choice.fallback { throw ValidationError(fallback) }
        return try BenchSubject(target, engine: choice.engine, threads: settings.workerPlan.threads)
    }

    /// One run of each side per round, then the medians.
    private func measureInTurn(_ sides: [(name: String, subject: BenchSubject, sampler: SamplerPreset)]) throws {
        var measured = sides.map { BenchComparison.Side(name: $0.name) }
        for _ in 0..<rounds {
            for (index, side) in sides.enumerated() {
                let run = try side.subject.measure(side.sampler, images: images)
                measured[index].runs.append(run)
                show(run)
            }
        }
        let comparison = BenchComparison(first: measured[0], second: measured[1])
        print(json ? comparison.json.text() : comparison.table)
    }

    private func show(_ run: BenchRun) {
        print(json ? run.json.text() : run.table + "\n")
        fflush(nil)  // The next run may take minutes.
    }
}

extension ModelShape: ExpressibleByArgument {
    /// Without the shape that is for tests.
    package static var allValueStrings: [String] { allCases.filter { $0 != .tiny }.map(\.rawValue) }
}

extension SamplerPreset: ExpressibleByArgument {}
