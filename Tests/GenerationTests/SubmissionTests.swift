import ExampleModels
import Generation
import JSON
import Sampler
import Testing

/// Submissions as the command line makes them.
struct SubmissionTests {
    private func resolve(_ change: (inout GenerationSubmission) -> Void) throws(FieldErrors) -> GenerationRequest {
        var submission = GenerationSubmission()
        submission.classReference = .name("sneaker")
        change(&submission)
        return try submission.resolve(models: [.example()], limits: APILimits())
    }

    private func errors(_ change: (inout GenerationSubmission) -> Void) throws -> [FieldErrors.FieldError] {
        try #require(throws: FieldErrors.self) { try resolve(change) }.fields
    }

    @Test func `what is not said comes from the model`() throws {
        let request = try resolve { $0.seed = 5 }
        let expected = GenerationRequest(
            model: "fashion", classID: 7, className: "Sneaker", count: 1, seed: 5, guidance: 3,
            guidanceSchedule: .linear, temperature: 1,
            sampler: SamplerPreset.gtr16.settings(for: TokenGrid(height: 8, width: 8)), metadata: true, priority: 0,
            deadline: nil)
        #expect(request == expected)
    }

    @Test(
        arguments: [
            (nil, "mar-64", nil, nil), (900, "mar-64", nil, 900), (900, "halton-16", nil, 900),
            (900, "gtr-16", nil, 950),
            (900, "mar-64", SamplerValue.none, nil), (900, "mar-64", .integer(10), 10),
        ] as [(Int?, String, SamplerValue?, Int?)])
    func `the timestep clip is the client's, else the preset's, else the model's`(
        model: Int?, preset: String, client: SamplerValue?, expected: Int?
    ) throws {
        var submission = GenerationSubmission()
        submission.classReference = .id(7)
        submission.sampler.preset = preset
        submission.sampler[.timestepClip] = client
        let request = try submission.resolve(models: [.example(timestepClip: model)], limits: APILimits())
        #expect(request.sampler.timestepClip == expected)
    }

    @Test(
        arguments: [
            (nil, nil, nil), (.cosine, nil, .cosine), (.cosine, "linear", .linear), (nil, "cosine", .cosine),
        ] as [(MaskSchedule?, String?, MaskSchedule?)])
    func `the mask schedule of sub-stages is the client's, else the model's`(
        model: MaskSchedule?, client: String?, expected: MaskSchedule?
    ) throws {
        var submission = GenerationSubmission()
        submission.classReference = .id(7)
        submission.sampler[.maskSchedule] = client.map { .name($0) }
        let request = try submission.resolve(models: [.example(maskSchedule: model)], limits: APILimits())
        #expect(request.sampler.twoStage.maskSchedule == expected)
        submission.sampler = SamplerSubmission(preset: "mar-64")
        submission.sampler[.maskSchedule] = .name("linear")
        #expect(throws: FieldErrors.self) {
            try submission.resolve(models: [.example(maskSchedule: model)], limits: APILimits())
        }
    }

    @Test(arguments: ["sneaker", "SNEAKER", " Sneaker ", "7"])
    func `a class is found by its name without regard to case, and by its number as text`(name: String) throws {
        #expect(try resolve { $0.classReference = .name(name) }.classID == 7)
    }

    @Test(arguments: [("ankle boot", 9), ("ankle-boot", 9), ("ANKLE_BOOT", 9), ("t shirt/top", 0), ("pants", 1)])
    func `synonyms count, and what stands between words does not`(name: String, id: Int) throws {
        #expect(try resolve { $0.classReference = .name(name) }.classID == id)
    }

    @Test func `an unknown class is answered with the nearest names`() throws {
        let typo = try errors { $0.classReference = .name("sneeker") }
        #expect(typo == [.init(pointer: "/class", detail: "unknown class \"sneeker\"; near it: Sneaker")])
        let part = try errors { $0.classReference = .name("boot") }
        #expect(part[0].detail.hasSuffix("near it: Ankle boot"))
        let strange = try errors { $0.classReference = .name("submarine") }
        #expect(strange[0].detail == "unknown class \"submarine\"")
        let long = try errors { $0.classReference = .name(String(repeating: "x", count: 10_000)) }
        #expect(long[0].detail.count < 200)
    }

    @Test func `an ambiguous class is answered with the candidates`() throws {
        let found = try errors { $0.classReference = .name("crane") }
        #expect(found[0].detail == "\"crane\" may be 2 (Crane, bird) or 3 (Crane, machine): give the number")
        #expect(try resolve { $0.classReference = .name("bird") }.classID == 2)
    }

    @Test func `a random seed leaves room for the seeds of all images`() throws {
        let seeds = try (0..<50).map { _ in try resolve { $0.count = 16 }.seed }
        #expect(Set(seeds).count == 50)
        #expect(seeds.allSatisfy { $0 <= UInt64(JSONValue.maximumInteger) - 15 })
    }

    @Test func `the greatest seed is the one whose last image can still be written`() throws {
        let greatest = JSONValue.maximumInteger
        #expect(try resolve { $0.seed = greatest }.seed == UInt64(greatest))
        #expect(try errors { ($0.seed, $0.count) = (greatest, 2) }.map(\.pointer) == ["/seed"])
        #expect(try errors { $0.seed = -1 }.map(\.pointer) == ["/seed"])
    }

    @Test func `one end of the diffusion range moves the preset's other end out of its way`() throws {
        var request = try resolve { $0.sampler[.mostDiffusionSteps] = .integer(10) }
        #expect(request.sampler.twoStage.diffusionSteps == .init(10))
        request = try resolve { $0.sampler[.fewestDiffusionSteps] = .integer(80) }
        #expect(request.sampler.twoStage.diffusionSteps == .init(80))
        let crossed = try errors {
            ($0.sampler[.mostDiffusionSteps], $0.sampler[.fewestDiffusionSteps]) = (.integer(10), .integer(11))
        }
        #expect(crossed.map(\.pointer) == ["/sampler/diffusion_steps/min"])
    }

    @Test func `steps fit the tokens of their sub-stage`() throws {
        // 8 x 8 tokens: 16, 16 and 32.
        let settings = try resolve { $0.sampler[.steps] = .integers([16, 1, 32]) }.sampler
        #expect(settings.twoStage.steps == [16, 1, 32])
        let tooMany = try errors { $0.sampler[.steps] = .integers([17, 0, 33]) }
        #expect(tooMany.map(\.pointer) == ["/sampler/steps/0", "/sampler/steps/1", "/sampler/steps/2"])
        #expect(tooMany[0].detail == "must be 1...16, the tokens of sub-stage 1, not 17")
        #expect(try resolve { $0.sampler[.steps] = .integers([1, 1, 1, 1, 1]) }.sampler.stepCount == 5)
        for counts in [[], [1, 1, 1, 1, 1, 1]] {
            #expect(try errors { $0.sampler[.steps] = .integers(counts) }.map(\.pointer) == ["/sampler/steps"])
        }
    }

    @Test func `a preset without sub-stages takes one number, and one with them a list`() throws {
        let request = try resolve { ($0.sampler.preset, $0.sampler[.steps]) = ("mar-64", .integer(64)) }
        #expect(request.sampler.stepCount == 64)
        for (preset, steps) in [
            ("mar-64", SamplerValue.integer(65)), ("mar-64", .integers([1, 2])), ("gtr-16", .integer(16)),
        ] {
            let found = try errors { ($0.sampler.preset, $0.sampler[.steps]) = (preset, steps) }
            #expect(found.map(\.pointer) == ["/sampler/steps"])
        }
    }

    @Test func `what a preset has no use for is refused`() throws {
        let found = try errors {
            $0.sampler.preset = "mar-64"
            $0.sampler[.fts] = .flag(true)
            $0.sampler[.detailFraction] = .number(0.2)
            $0.sampler[.detailDiffusionSteps] = .integer(30)
            $0.sampler[.order] = .name("raster")
            $0.sampler[.firstColor] = .name("odd")
            $0.sampler[.selection] = .name("random")
        }
        #expect(
            found.map(\.pointer) == [
                "/sampler/order", "/sampler/first_color", "/sampler/diffusion_steps/detail", "/sampler/detail_fraction",
                "/sampler/fts", "/sampler/selection",
            ])
        #expect(found.allSatisfy { $0.detail == "means nothing to mar-64, which has no reconstruction stage" })
    }

    @Test(arguments: [Double.nan, .infinity, -1, 20.5])
    func `guidance that is no number in its range is refused`(guidance: Double) throws {
        #expect(try errors { $0.guidance = guidance }.map(\.pointer) == ["/guidance"])
    }

    @Test func `every error is one line of the description`() throws {
        let error = try #require(throws: FieldErrors.self) {
            try resolve { ($0.count, $0.temperature) = (17, 3) }
        }
        #expect(error.description == "/count: must be 1...16, not 17\n/temperature: must be 0...2, not 3")
    }
}
