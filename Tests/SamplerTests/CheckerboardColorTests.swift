import ExampleModels
import Testing

@testable import Sampler

@Suite("Which colour of the checkerboard comes first")
struct CheckerboardColorTests {
    private static let sizes = [
        (1, 1), (1, 2), (2, 1), (1, 7), (2, 2), (3, 5), (5, 7), (8, 8), (9, 9), (16, 16), (6, 10),
    ]

    @Test(arguments: CheckerboardColor.allCases, sizes)
    func `every count of sub-stages up to the most is a partition without empty parts`(
        color: CheckerboardColor, size: (Int, Int)
    ) {
        let grid = TokenGrid(height: size.0, width: size.1)
        let most = grid.maximumSubStageCount(firstColor: color)
        for count in 1...most {
            let stages = grid.subStages(count: count, firstColor: color)
            #expect(stages.count == count)
            #expect(stages.allSatisfy { !$0.isEmpty && $0 == $0.sorted() })
            #expect(stages.flatMap(\.self).sorted() == Array(0..<grid.tokenCount))
        }
    }

    /// The definition, written out: round k takes (i + j) or (i + j + 1) mod 2^k = 2^(k-1), and one more would find or
    /// leave nothing.
    @Test(arguments: CheckerboardColor.allCases, sizes)
    func `the most sub-stages are those that the definition fills`(color: CheckerboardColor, size: (Int, Int)) {
        let grid = TokenGrid(height: size.0, width: size.1)
        let shift = color == .even ? 0 : 1
        let diagonals = Set((0..<size.0).flatMap { i in (0..<size.1).map { j in i + j + shift } })
        let most = (1...10).prefix { count in
            let structure = diagonals.contains { $0 % (1 << (count - 1)) == 0 }
            return structure && (1..<count).allSatisfy { k in diagonals.contains { $0 % (1 << k) == 1 << (k - 1) } }
        }.last
        #expect(grid.maximumSubStageCount(firstColor: color) == most)
    }

    @Test(arguments: [(8, 8), (16, 16), (5, 7), (4, 6)], 2...3)
    func `the last sub-stage is the other colour`(size: (Int, Int), count: Int) {
        let grid = TokenGrid(height: size.0, width: size.1)
        for (color, remainder) in [(CheckerboardColor.even, 1), (.odd, 0)] {
            let last = grid.subStages(count: count, firstColor: color).last
            #expect(last == (0..<grid.tokenCount).filter { ($0 / size.1 + $0 % size.1) % 2 == remainder })
        }
    }

    @Test func `odd structure is the even one a diagonal on`() {
        let grid = TokenGrid(height: 4, width: 4)
        // (i + j) mod 4: 3, 1, and the even ones.
        #expect(
            grid.subStages(count: 3, firstColor: .odd)
                == [[3, 6, 9, 12], [1, 4, 11, 14], [0, 2, 5, 7, 8, 10, 13, 15]])
    }

    @Test func `both colours have the same sizes where a side is a multiple of 2 to the K - 1`() {
        for (height, width, counts) in [(8, 8, 1...4), (16, 16, 1...5), (5, 8, 1...3), (6, 10, 1...2), (2, 3, 1...2)] {
            let grid = TokenGrid(height: height, width: width)
            for count in counts {
                #expect(
                    grid.subStageSizes(subStageCount: count, firstColor: .odd)
                        == grid.subStageSizes(subStageCount: count))
            }
        }
        // Of nine tokens five are even.
        let odd = TokenGrid(height: 3, width: 3)
        #expect(odd.subStageSizes(subStageCount: 2) == [5, 4])
        #expect(odd.subStageSizes(subStageCount: 2, firstColor: .odd) == [4, 5])
    }

    @Test func `settings are judged by the colour that comes first`() {
        let grid = TokenGrid(height: 8, width: 8)
        var settings = SamplerPreset.gtr16.settings(for: grid)
        settings.twoStage.steps = [1, 1, 1, 1, 1]
        #expect(settings.faults(on: grid).isEmpty)
        settings.twoStage.order = .checkerboard(first: .odd)
        #expect(
            settings.faults(on: grid).map(\.description) == [
                "steps must have 1...4 entries, one per sub-stage of 8 x 8 tokens, not 5"
            ])
        let small = TokenGrid(height: 3, width: 3)
        settings.twoStage.steps = [5, 1]
        #expect(
            settings.faults(on: small).map(\.description) == [
                "steps/0 must be 1...4, the tokens of sub-stage 1, not 5"
            ])
        settings.twoStage.order = .checkerboard(first: .even)
        #expect(settings.faults(on: small).isEmpty)
    }
}
