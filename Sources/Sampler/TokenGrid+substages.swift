/// The checkerboard partition of two-stage sampling (arXiv 2510.17171, section 3.2).
extension TokenGrid {
    /// The most sub-stages K whose every part has a token.
    package var maximumSubStageCount: Int {
        var count = 1
        while subStages(count: count + 1).allSatisfy({ !$0.isEmpty }) { count += 1 }
        return count
    }

    /// S_1 ... S_K, each in row-major order; together every token once.
    ///
    /// With R = all tokens: for k = 1 ..< K, those of R with (i + j) mod 2^k = 2^(k-1) become S_(K-k+1) and leave R; what
    /// stays is S_1. So S_K is one colour of the checkerboard (detail), the rest the other colour (structure).
    package func subStages(count: Int) -> [[Int]] {
        precondition(count >= 1, "at least one sub-stage")
        var remaining = Array(0..<tokenCount)
        var parts: [[Int]] = []
        for k in 1..<max(count, 1) {
            let (period, residue) = (1 << k, 1 << (k - 1))
            let isTaken = { (token: Int) in (token / width + token % width) % period == residue }
            parts.append(remaining.filter(isTaken))
            remaining.removeAll(where: isTaken)
        }
        return [remaining] + parts.reversed()
    }

    /// Tokens of S_1 ... S_K.
    package func subStageSizes(count: Int) -> [Int] {
        subStages(count: count).map(\.count)
    }
}
