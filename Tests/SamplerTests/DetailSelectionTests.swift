import ExampleModels
import Testing

@testable import Sampler

@Suite("Which tokens get the detail steps")
struct DetailSelectionTests {
    @Test(arguments: [
        (DetailSelection.highFrequency, [3, 2, 1]), (.lowFrequency, [0, 2, 1]), (.random, [3, 2, 1]),
    ])
    func `the best scores are picked, of equal ones the lower token`(selection: DetailSelection, expected: [Int]) {
        #expect(selection.pick(3, scores: [1, 5, 5, 9], tokens: [40, 30, 20, 10]) == expected)
        #expect(selection.pick(0, scores: [1], tokens: [7]).isEmpty)
    }

    @Test func `a random selection is drawn by the image's seed, each token equally often`() {
        let tokens = Array(0..<16)
        var counts = [Int](repeating: 0, count: 16)
        for seed in 0..<800 {
            let noise = PhiloxNoise(seed: UInt64(seed), channels: 4)
            let scores = tokens.map(noise.selectionScore(token:))
            #expect(scores.allSatisfy { (0..<1).contains($0) } && Set(scores).count == 16)
            for position in DetailSelection.random.pick(4, scores: scores, tokens: tokens) { counts[position] += 1 }
        }
        // Chi-square with 15 degrees of freedom stays under 37.7 with probability 0.999; the seeds are fixed.
        #expect(counts.reduce(0.0) { $0 + (Double($1) - 200) * (Double($1) - 200) / 200 } < 37.7)
        #expect(counts.reduce(0, +) == 4 * 800)
    }

    @Test func `no two uses share a random number`() {
        let purposes: [RandomPurpose] = [.initialNoise, .stepNoise, .tokenOrder, .detailSelection]
        #expect(purposes.map(\.rawValue) == [0, 1, 2, 3])
        let score = PhiloxNoise(seed: 7, channels: 4).selectionScore(token: 5)
        let words = Philox(key: 7).words(at: .init(RandomPurpose.detailSelection.rawValue, 5, 0, 0))
        #expect(score == Double((UInt64(words.y) << 32 | UInt64(words.x)) >> 11) / 0x1p53)
    }

    @Test(arguments: [DetailSelection.highFrequency, .lowFrequency, .random])
    func `the plan says which, and the count is the same`(selection: DetailSelection) {
        let grid = TokenGrid(height: 16, width: 16)
        var settings = SamplerPreset.gtr16.settings(for: grid)
        settings.twoStage.detail?.selection = selection
        let steps = SamplingPlan(settings, grid: grid, seed: 1).steps
        #expect(steps.last?.detail == .init(tokenCount: 13, diffusionSteps: 50, selection: selection))
        #expect(steps.dropLast().allSatisfy { $0.detail == nil })
        settings.twoStage.detail = nil
        let plain = SamplingPlan(settings, grid: grid, seed: 1).steps
        #expect(plain.allSatisfy { $0.detail == nil })
        #expect(plain.map(\.tokens) == steps.map(\.tokens))
    }
}
