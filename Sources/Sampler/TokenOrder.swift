/// In which order the tokens of one image are decided: one list per sub-stage (a single one for samplers without stages).
package struct TokenOrder: Sendable, Equatable {
    package let subStages: [[Int]]

    /// A sampler's, or one that was recorded elsewhere.
    package init(subStages: [[Int]]) {
        self.subStages = subStages
    }

    /// A random permutation of the grid.
    static func random(on grid: TokenGrid, seed: UInt64) -> [Int] {
        shuffled(Array(0..<grid.tokenCount), list: 0, seed: seed)
    }

    /// Halton points, rolled by rows and columns: the number at counter (order, 0, 0, 0).
    static func halton(on grid: TokenGrid, seed: UInt64) -> [Int] {
        let words = Philox(key: seed).words(at: .init(RandomPurpose.tokenOrder.rawValue, 0, 0, 0))
        return grid.haltonOrder(rolledBy: (Int(words.x) % grid.height, Int(words.y) % grid.width))
    }

    /// Fisher-Yates. Position n of list k swaps by the 64-bit number at counter (order, k, n, 0); the bias of the
    /// multiply-and-shift reduction is below 2^-52 for any grid.
    static func shuffled(_ tokens: [Int], list: Int, seed: UInt64) -> [Int] {
        let philox = Philox(key: seed)
        var tokens = tokens
        for position in stride(from: tokens.count - 1, to: 0, by: -1) {
            let words = philox.words(at: .init(RandomPurpose.tokenOrder.rawValue, UInt32(list), UInt32(position), 0))
            let random = UInt64(words.y) << 32 | UInt64(words.x)
            tokens.swapAt(position, Int(random.multipliedFullWidth(by: UInt64(position + 1)).high))
        }
        return tokens
    }
}
