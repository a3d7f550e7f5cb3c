import Foundation
import Testing

@Suite("underpaint generate", .serialized)
struct GenerateCommandTests {
    private let models: TemporaryModels

    init() throws {
        models = try TemporaryModels()
        for side in [8, 16] { try models.add("grid-\(side)", side: side) }
    }

    private func generate(_ arguments: [String], side: Int = 8) throws -> (code: Int32, output: String, error: String) {
        try ServedProcess.run(
            ServedProcess.binary,
            [
                "generate", "--class", "3", "--seed", "7", "--models", models.path, "--model", "grid-\(side)",
                "--diffusion-steps", "4,2,2,4", "-o", models.folder.appending(path: "out").path, "--json",
            ] + arguments)
    }

    private func object(_ result: (code: Int32, output: String, error: String)) throws -> [String: Any] {
        #expect(result.code == 0, "\(result.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test(arguments: [
        (side: 8, steps: [6, 2]), (8, [3, 1, 1]), (8, [2, 2, 2, 2]), (16, [15, 1]), (16, [12, 3, 1]),
        (16, [8, 4, 2, 2]),
    ])
    func `2, 3 and 4 sub-stages run on 8 x 8 and 16 x 16 tokens`(plan: (side: Int, steps: [Int])) throws {
        let steps = plan.steps.map(String.init).joined(separator: ",")
        let report = try object(try generate(["--sampler", "gtr-16", "--steps", steps], side: plan.side))
        let half = plan.side * plan.side / 2
        let last = try #require(plan.steps.last)
        let perStage = [plan.steps.reduce(0, +) - last, last]
        let timings = try #require(report["timings"] as? [String: Any])
        let stages = try #require(timings["stages"] as? [[String: Any]])
        #expect(stages.prefix(2).compactMap { $0["tokens"] as? Int } == [half, half])
        #expect(stages.prefix(2).compactMap { $0["steps"] as? Int } == perStage)
    }

    @Test func `the report says how much work the images were`() throws {
        func gflop(_ more: [String]) throws -> Double {
            try #require(try object(try generate(["--sampler", "gtr-16"] + more))["gflop"] as? Double)
        }
        let (one, two) = (try gflop([]), try gflop(["--count", "2"]))
        // Two images share the empty canvas of their class.
        #expect(one > 0 && two > 1.5 * one && two < 2 * one)
    }

    @Test func `the report says what one image costs by itself, however many were made`() throws {
        func report(_ more: [String]) throws -> (gflop: Double, gflopPerImage: Double, evaluations: Int) {
            let report = try object(try generate(["--sampler", "gtr-16", "--steps", "3,1,1"] + more))
            let cost = try #require(report["per_image"] as? [String: Any])
            return (
                try #require(report["gflop"] as? Double), try #require(cost["gflop"] as? Double),
                try #require(cost["diffusion_evaluations"] as? Int)
            )
        }
        let (one, two) = (try report([]), try report(["--count", "2"]))
        #expect(one.gflop == one.gflopPerImage && two.gflopPerImage == one.gflopPerImage)
        // 5, 5 and 6 tokens with 4, 3 and 3 steps, 16 with 2, and 3 of the last 32 with 4, the others with 2.
        #expect(
            one.evaluations == 5 * 4 + 5 * 3 + 6 * 3 + 16 * 2 + 29 * 2 + 3 * 4 && two.evaluations == one.evaluations)
    }

    @Test func `order, colour and selection are what the flags say`() throws {
        let odd = try generate(["--first-color", "odd", "--selection", "low_frequency"])
        let raster = try generate(["--order", "raster", "--selection", "random"])
        for (result, expected) in [
            (odd, ["order": "checkerboard", "first_color": "odd", "selection": "low_frequency"]),
            (raster, ["order": "raster", "selection": "random"]),
        ] {
            let settings = try #require(try object(result)["settings"] as? [String: Any])
            let sampler = try #require(settings["sampler"] as? [String: Any])
            #expect(sampler["fts"] as? Bool == true)
            for name in ["order", "first_color", "selection"] { #expect(sampler[name] as? String == expected[name]) }
        }
    }

    @Test(arguments: [
        (["--order", "spiral"], "--order: must be checkerboard, random, raster, subsample or halton"),
        (["--first-color", "black"], "--first-color: must be even or odd"),
        (["--selection", "none"], "--selection: must be high_frequency, low_frequency or random"),
        (["--selection", "random", "--no-fts"], "--selection: means nothing where fts is false"),
    ])
    func `a flag that means nothing is refused with what there is`(flags: [String], message: String) throws {
        let result = try generate(flags)
        #expect(result.code == 64 && result.error.contains(message), "\(result.error)")
    }
}
