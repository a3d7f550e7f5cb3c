/// The checkerboard sub-stages of two-stage sampling (GtR, arXiv 2510.17171, section 3).
extension TokenGrid {
    /// The most sub-stages that this grid can have with every one of them holding a token.
    ///
    /// Round k of the split takes the tokens with (i + j) mod 2^k = 2^(k-1); the nearest of them has i + j = 2^(k-1),
    /// and the farthest token of the grid has i + j = h + w - 2.
    package var maximumSubStageCount: Int {
        var count = 1
        while 1 << (count - 1) <= height + width - 2 { count += 1 }
        return count
    }

    /// Token indices of each sub-stage S_1...S_K, row-major within a sub-stage. Together they are every token once.
    ///
    /// - Parameter count: K, 1...`maximumSubStageCount`.
    package func subStages(count: Int) -> [[Int]] {
        precondition((1...maximumSubStageCount).contains(count), "\(count) sub-stages on \(height) x \(width)")
        var remaining = Array(0..<tokenCount)
        var taken: [[Int]] = []
        for round in 1..<max(count, 1) {
            let period = 1 << round
            let isTaken = { (token: Int) in (token / width + token % width) % period == period / 2 }
            taken.append(remaining.filter(isTaken))
            remaining.removeAll(where: isTaken)
        }
        return [remaining] + taken.reversed()
    }

    /// Number of tokens of each sub-stage, S_1 first.
    ///
    /// - Parameter subStageCount: K, 1...`maximumSubStageCount`.
    package func subStageSizes(subStageCount: Int) -> [Int] {
        subStages(count: subStageCount).map(\.count)
    }
}
