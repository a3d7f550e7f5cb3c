/// The checkerboard sub-stages of two-stage sampling (GtR, arXiv 2510.17171, section 3).
extension TokenGrid {
    /// The most sub-stages that this grid can have with every one of them holding a token.
    ///
    /// Round k of the split takes the tokens on the diagonals d mod 2^k = 2^(k-1) (`diagonal`); the nearest of them is
    /// 2^(k-1). What remains is d mod 2^(K-1) = 0, and has the diagonal 0 only where the even colour comes first.
    package func maximumSubStageCount(firstColor: CheckerboardColor = .even) -> Int {
        let farthest = diagonal(of: tokenCount - 1, firstColor)
        var count = 1
        while 1 << (firstColor == .even ? count - 1 : count) <= farthest { count += 1 }
        return count
    }

    /// Token indices of each sub-stage S_1...S_K, row-major within a sub-stage. Together they are every token once.
    ///
    /// - Parameters:
    ///   - count: K, 1...`maximumSubStageCount`.
    ///   - firstColor: of S_1...S_(K-1); the other colour is S_K. Both have sub-stages of the same sizes where height or
    ///     width is a multiple of 2^(K-1).
    package func subStages(count: Int, firstColor: CheckerboardColor = .even) -> [[Int]] {
        precondition(
            (1...maximumSubStageCount(firstColor: firstColor)).contains(count),
            "\(count) sub-stages on \(height) x \(width), \(firstColor.rawValue) tokens first")
        var remaining = Array(0..<tokenCount)
        var taken: [[Int]] = []
        for round in 1..<count {
            let period = 1 << round
            let isTaken = { (token: Int) in diagonal(of: token, firstColor) % period == period / 2 }
            taken.append(remaining.filter(isTaken))
            remaining.removeAll(where: isTaken)
        }
        return [remaining] + taken.reversed()
    }

    /// Number of tokens of each sub-stage, S_1 first.
    ///
    /// - Parameters:
    ///   - subStageCount: K, 1...`maximumSubStageCount`.
    ///   - firstColor: as in `subStages`.
    package func subStageSizes(subStageCount: Int, firstColor: CheckerboardColor = .even) -> [Int] {
        subStages(count: subStageCount, firstColor: firstColor).map(\.count)
    }

    /// i + j where the even colour comes first, as in the paper; i + j + 1, the same one column on, where the odd one does.
    private func diagonal(of token: Int, _ firstColor: CheckerboardColor) -> Int {
        token / width + token % width + (firstColor == .even ? 0 : 1)
    }
}
