import ExampleModels
import Generation
import JSON
import Sampler
import Testing

/// What a submission says about order, colours and selection of the two-stage sampler.
struct TwoStageSettingsTests {
    private func resolve(
        grid: TokenGrid = TokenGrid(height: 8, width: 8), _ change: (inout SamplerSubmission) -> Void
    ) throws(FieldErrors) -> SamplerSettings {
        var submission = GenerationSubmission()
        submission.classReference = .id(7)
        change(&submission.sampler)
        return try submission.resolve(models: [.example(grid: grid)], limits: APILimits()).sampler
    }

    private func errors(
        grid: TokenGrid = TokenGrid(height: 8, width: 8), _ change: (inout SamplerSubmission) -> Void
    ) throws -> [FieldErrors.FieldError] {
        try #require(throws: FieldErrors.self) { try resolve(grid: grid, change) }.fields
    }

    @Test func `names become settings, and nothing else changes`() throws {
        var expected = SamplerPreset.gtr16.settings(for: TokenGrid(height: 8, width: 8))
        #expect(try resolve { _ in } == expected)
        #expect(
            try resolve {
                ($0[.order], $0[.firstColor], $0[.selection]) = (
                    .name("checkerboard"), .name("even"), .name("high_frequency")
                )
            }
                == expected)
        for (name, order) in [
            ("checkerboard", SubStageOrder.checkerboard), ("random", .random), ("raster", .raster),
            ("subsample", .subsample), ("halton", .halton),
        ] {
            expected.twoStage.order = order.order()
            #expect(try resolve { $0[.order] = .name(name) } == expected)
        }
        expected.twoStage.order = .checkerboard(first: .odd)
        #expect(try resolve { $0[.firstColor] = .name("odd") } == expected)
    }

    @Test(arguments: [
        (nil, nil, DetailSelection?.some(.highFrequency)), (true, nil, .highFrequency), (false, nil, nil),
        (nil, "high_frequency", .highFrequency), (nil, "low_frequency", .lowFrequency), (nil, "random", .random),
        (true, "random", .random),
    ])
    func `fts says whether tokens get detail steps, selection which ones`(
        fts: Bool?, selection: String?, expected: DetailSelection?
    ) throws {
        let settings = try resolve { ($0[.fts], $0[.selection]) = (fts.map { .flag($0) }, selection.map { .name($0) }) }
        #expect(settings.twoStage.detail?.selection == expected)
    }

    @Test func `an unknown name is answered with the known ones`() throws {
        let found = try errors {
            ($0[.order], $0[.firstColor], $0[.selection]) = (.name("spiral"), .name("black"), .name("fts"))
            $0[.maskSchedule] = .name("square")
        }
        #expect(
            found == [
                .init(
                    pointer: "/sampler/order",
                    detail: "must be checkerboard, random, raster, subsample or halton, not \"spiral\""),
                .init(pointer: "/sampler/first_color", detail: "must be even or odd, not \"black\""),
                .init(pointer: "/sampler/mask_schedule", detail: "must be linear or cosine, not \"square\""),
                .init(
                    pointer: "/sampler/selection",
                    detail: "must be high_frequency, low_frequency or random, not \"fts\""),
            ])
    }

    @Test func `a selection without detail steps is refused, and a colour without a checkerboard`() throws {
        let selection = try errors { ($0[.fts], $0[.selection]) = (.flag(false), .name("random")) }
        #expect(
            selection == [
                .init(
                    pointer: "/sampler/selection",
                    detail: "means nothing where fts is false: no token gets the steps for detail")
            ])
        let color = try errors { ($0[.order], $0[.firstColor]) = (.name("raster"), .name("odd")) }
        #expect(color == [.init(pointer: "/sampler/first_color", detail: "means nothing to the order raster")])
    }

    @Test func `steps fit the sub-stages of the colour that comes first`() throws {
        let grid = TokenGrid(height: 3, width: 3)
        #expect(try resolve(grid: grid) { $0[.steps] = .integers([5, 1]) }.twoStage.steps == [5, 1])
        let tooMany = try errors(grid: grid) { ($0[.firstColor], $0[.steps]) = (.name("odd"), .integers([5, 1])) }
        #expect(
            tooMany == [
                .init(pointer: "/sampler/steps/0", detail: "must be 1...4, the tokens of sub-stage 1, not 5")
            ])
        // Without steps too: the preset's three sub-stages have no room on 2 x 2 tokens with the odd ones first.
        let small = TokenGrid(height: 2, width: 2)
        #expect(try resolve(grid: small) { _ in }.twoStage.steps == [1, 1, 1])
        #expect(try errors(grid: small) { $0[.firstColor] = .name("odd") }.map(\.pointer) == ["/sampler/steps"])
    }
}
