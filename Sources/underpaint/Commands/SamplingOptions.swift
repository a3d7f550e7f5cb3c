import ArgumentParser
import Generation

/// How to sample: the flags of `generate` that stand for the API's fields.
struct SamplingOptions: ParsableArguments {
    @Option(name: .long, help: "mar-256, mar-64, gtr-32, gtr-16, disa-64 or halton-16. Without it: the model's own.")
    var sampler: String?

    @Option(
        name: .long,
        help: """
            Which tokens the sub-stages of gtr-* take, at equal cost: checkerboard, random, raster, subsample or \
            halton. Without it: checkerboard.
            """)
    var order: String?

    @Option(
        name: .long,
        help: "Which tokens (i + j) of the checkerboard are the structure: even or odd. Without it: even.")
    var firstColor: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Autoregressive steps: one number, or one per sub-stage.", valueName: "n,n,n"))
    var steps: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Diffusion steps: the most, the fewest, in the reconstruction, for detail.", valueName: "n,n,n,n"))
    var diffusionSteps: String?

    @Option(name: .long, help: "Share of the reconstructed tokens that get the steps for detail, 0...1.")
    var detailFraction: Double?

    @Option(name: .long, help: "Highest diffusion timestep, 0...999, or none.")
    var timestepClip: String?

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Frequency-weighted token selection. Without it no token gets the steps for detail.")
    var fts: Bool?

    @Option(
        name: .long,
        help: """
            Which tokens get the steps for detail: high_frequency, low_frequency or random. Without it: high_frequency.
            """)
    var selection: String?

    @Option(name: .long, help: "Classifier-free guidance scale; 1: none.")
    var guidance: Double?

    @Option(name: .long, help: "linear or constant.")
    var guidanceSchedule: String?

    @Option(name: .long, help: "Factor on the noise of each diffusion step.")
    var temperature: Double?

    /// - Throws: `ValidationError` for a list of numbers that is none.
    func submission() throws -> GenerationSubmission {
        var submission = GenerationSubmission()
        submission.guidance = guidance
        submission.guidanceSchedule = guidanceSchedule
        submission.temperature = temperature
        submission.sampler = SamplerSubmission(preset: sampler)
        submission.sampler.order = order
        submission.sampler.firstColor = firstColor
        submission.sampler.detailFraction = detailFraction
        submission.sampler.frequencyWeightedSelection = fts
        submission.sampler.selection = selection
        if let steps {
            let numbers = try Self.numbers(steps, of: "--steps")
            submission.sampler.steps = numbers.count == 1 ? .total(numbers[0]) : .perSubStage(numbers)
        }
        if let diffusionSteps {
            let numbers = try Self.numbers(diffusionSteps, of: "--diffusion-steps")
            guard (1...4).contains(numbers.count) else {
                throw ValidationError("--diffusion-steps takes 1 to 4 numbers, not \(numbers.count)")
            }
            let fields: [WritableKeyPath<SamplerSubmission.DiffusionSteps, Int?>] = [
                \.max, \.min, \.reconstruction, \.detail,
            ]
            for (field, number) in zip(fields, numbers) { submission.sampler.diffusionSteps[keyPath: field] = number }
        }
        if timestepClip == "none" {
            submission.sampler.timestepClip = .off
        } else if let timestepClip {
            submission.sampler.timestepClip = .at(try Self.numbers(timestepClip, of: "--timestep-clip")[0])
        }
        return submission
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
