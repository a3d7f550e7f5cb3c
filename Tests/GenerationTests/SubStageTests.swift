import Sampler
import Testing

struct SubStageTests {
    @Test func `the paper's grid splits into a quarter, a quarter and a half`() {
        #expect(TokenGrid(height: 16, width: 16).subStageSizes(subStageCount: 3) == [64, 64, 128])
    }

    @Test func `the last sub-stage is the odd colour of the checkerboard`() {
        let grid = TokenGrid(height: 4, width: 5)
        let odd = (0..<20).filter { ($0 / 5 + $0 % 5) % 2 == 1 }
        #expect(grid.subStages(count: 2)[1] == odd)
        #expect(grid.subStages(count: 3)[2] == odd)
        // (i + j) mod 4: 2 comes second, 0 first.
        #expect(grid.subStages(count: 3)[0].allSatisfy { ($0 / 5 + $0 % 5) % 4 == 0 })
        #expect(grid.subStages(count: 3)[1].allSatisfy { ($0 / 5 + $0 % 5) % 4 == 2 })
    }

    @Test(arguments: [(1, 1), (1, 2), (1, 7), (8, 8), (16, 16), (5, 3)])
    func `every count of sub-stages up to the most is a partition without empty parts`(height: Int, width: Int) {
        let grid = TokenGrid(height: height, width: width)
        for count in 1...grid.maximumSubStageCount() {
            let stages = grid.subStages(count: count)
            #expect(stages.count == count)
            #expect(stages.allSatisfy { !$0.isEmpty && $0 == $0.sorted() })
            #expect(stages.flatMap { $0 }.sorted() == Array(0..<grid.tokenCount))
        }
    }

    @Test func `the most sub-stages end where the diagonal does`() {
        #expect(TokenGrid(height: 1, width: 1).maximumSubStageCount() == 1)
        #expect(TokenGrid(height: 1, width: 2).maximumSubStageCount() == 2)
        #expect(TokenGrid(height: 8, width: 8).maximumSubStageCount() == 5)
    }
}
