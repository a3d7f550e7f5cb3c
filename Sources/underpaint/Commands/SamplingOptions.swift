import ArgumentParser
import Generation
import Sampler

/// How to sample: the flags of `generate` that stand for the API's fields.
struct SamplingOptions: ParsableArguments {
    @Option(
        name: .long, help: "\(SamplerPreset.allCases.map(\.rawValue).alternatives). Without it: the model's own.")
    var sampler: String?

    @Option(name: .long, help: .field(.order))
    var order: String?

    @Option(name: .long, help: .field(.firstColor))
    var firstColor: String?

    @Option(name: .long, parsing: .unconditional, help: .field(.steps, valueName: "n,n,n"))
    var steps: String?

    @Option(name: .long, help: .field(.maskSchedule))
    var maskSchedule: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Diffusion steps: the most, the fewest, in the reconstruction, for detail.", valueName: "n,n,n,n"))
    var diffusionSteps: String?

    @Option(name: .long, parsing: .unconditional, help: .field(.detailFraction))
    var detailFraction: Double?

    @Option(name: .long, parsing: .unconditional, help: .field(.timestepClip))
    var timestepClip: String?

    @Flag(name: .long, inversion: .prefixedNo, help: .field(.fts))
    var fts: Bool?

    @Option(name: .long, help: .field(.selection))
    var selection: String?

    @Option(name: .long, help: .field(.guidanceReuse))
    var guidanceReuse: Int?

    @Option(name: .long, parsing: .unconditional, help: "Classifier-free guidance scale; 1: none.")
    var guidance: Double?

    @Option(name: .long, help: "linear or constant.")
    var guidanceSchedule: String?

    @Option(name: .long, parsing: .unconditional, help: "Factor on the noise of each diffusion step.")
    var temperature: Double?

    /// - Throws: `ValidationError` for a list of numbers that is none.
    func submission() throws -> GenerationSubmission {
        var submission = GenerationSubmission()
        submission.guidance = guidance
        submission.guidanceSchedule = guidanceSchedule
        submission.temperature = temperature
        submission.sampler = SamplerSubmission(preset: sampler)
        submission.sampler.given = try givenFields()
        return submission
    }

    private func givenFields() throws -> SamplerFields {
        var given = SamplerFields([
            .order: order.map { .name($0) },
            .firstColor: firstColor.map { .name($0) },
            .maskSchedule: maskSchedule.map { .name($0) },
            .detailFraction: detailFraction.map { .number($0) },
            .fts: fts.map { .flag($0) },
            .selection: selection.map { .name($0) },
            .guidanceReuse: guidanceReuse.map { .integer($0) },
        ])
        if let steps {
            let numbers = try Self.numbers(steps, of: "--steps")
            given[.steps] = numbers.count == 1 ? .integer(numbers[0]) : .integers(numbers)
        }
        if let diffusionSteps {
            let numbers = try Self.numbers(diffusionSteps, of: "--diffusion-steps")
            let fields: [SamplerField] = [
                .mostDiffusionSteps, .fewestDiffusionSteps, .reconstructionDiffusionSteps, .detailDiffusionSteps,
            ]
            guard (1...fields.count).contains(numbers.count) else {
                throw ValidationError("--diffusion-steps takes 1 to \(fields.count) numbers, not \(numbers.count)")
            }
            for (field, number) in zip(fields, numbers) { given[field] = .integer(number) }
        }
        if timestepClip == "none" {
            given[.timestepClip] = SamplerValue.none
        } else if let timestepClip {
            given[.timestepClip] = .integer(try Self.numbers(timestepClip, of: "--timestep-clip")[0])
        }
        return given
    }

    private static func numbers(_ text: String, of flag: String) throws -> [Int] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let number = Int(part) else {
                throw ValidationError("\(flag) takes whole numbers between commas, not \"\(text)\"")
            }
            return number
        }
    }
}

extension ArgumentHelp {
    /// What the table of the sampler's fields says of one, and what it may be.
    fileprivate static func field(_ field: SamplerField, valueName: String? = nil) -> ArgumentHelp {
        let values: String? =
            switch field.kind {
            case .integer(let range): "\(range.lowerBound)...\(range.upperBound)"
            case .optionalInteger(let range): "\(range.lowerBound)...\(range.upperBound), or none"
            case .number(let range): "\(range.lowerBound)...\(range.upperBound)"
            case .name(let names): names.joined(separator: ", ")
            case .flag, .counts: nil
            }
        return ArgumentHelp(
            stringLiteral: field.meaning + (values.map { " One of: \($0)." } ?? "")
        ).named(valueName)
    }

    private func named(_ valueName: String?) -> ArgumentHelp {
        var help = self
        help.valueName = valueName
        return help
    }
}
