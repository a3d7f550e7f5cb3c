import ArgumentParser
import Compute
import Foundation
import GenerationAPI
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

    @Option(name: .long, help: ArgumentHelp("Two samplers, measured in turn.", valueName: "a,b"))
    var compare: String?

    @Option(name: .long, help: ArgumentHelp("Two backends, measured in turn.", valueName: "a,b"))
    var compareBackends: String?

    @Flag(name: .long, help: "Print one JSON object per line: each run, then the comparison.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(images) else { throw ValidationError("--images takes 1...1000, not \(images)") }
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds takes 1...1000, not \(rounds)") }
        if shape != nil && model != nil { throw ValidationError("--shape and --model exclude each other") }
        if compare != nil && compareBackends != nil {
            throw ValidationError("--compare and --compare-backends exclude each other")
        }
        if options.backend != nil && compareBackends != nil {
            throw ValidationError("--backend and --compare-backends exclude each other")
        }
    }

    func run() throws {
        if let compareBackends {
            let names = try Self.pair(compareBackends, of: "--compare-backends")
            let subjects = try names.map { try subject(overrides: ["compute.backend": $0]) }
            try measureInTurn(zip(names, subjects).map { ($0, $1, sampler) })
        } else if let compare {
            let names = try Self.pair(compare, of: "--compare")
            let samplers = try names.map { name in
                guard let sampler = SamplerPreset(rawValue: name) else {
                    let known = SamplerPreset.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--compare knows no sampler \"\(name)\"; there are \(known)")
                }
                return sampler
            }
            let subject = try subject()
            try measureInTurn(samplers.map { ($0.rawValue, subject, $0) })
        } else {
            let subject = try subject()
            for _ in 0..<rounds { show(try subject.measure(sampler, images: images)) }
        }
    }

    private func subject(overrides: [String: String] = [:]) throws -> BenchSubject {
        let settings = try options.load(overrides: overrides)
        let target =
            shape.map(BenchTarget.shape)
            ?? .named(model ?? settings.models.defaultName, directory: settings.models.directory)
        return try BenchSubject(target, kind: settings.compute.backend.kind, threads: settings.workerThreads)
    }

    /// One run of each side per round, then the medians.
    private func measureInTurn(_ sides: [(name: String, subject: BenchSubject, sampler: SamplerPreset)]) throws {
        var measured = sides.map { BenchComparison.Side(name: $0.name, runs: []) }
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

    private static func pair(_ text: String, of flag: String) throws -> [String] {
        let names = text.split(separator: ",").map(String.init)
        guard names.count == 2 else { throw ValidationError("\(flag) takes two names with a comma, not \"\(text)\"") }
        return names
    }
}

extension ModelShape: ExpressibleByArgument {
    /// Without the shape that is for tests.
    package static var allValueStrings: [String] { allCases.filter { $0 != .tiny }.map(\.rawValue) }
}

extension SamplerPreset: ExpressibleByArgument {}
