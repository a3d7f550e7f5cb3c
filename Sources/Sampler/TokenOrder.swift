/// In which order the tokens of one image are decided: one list per sub-stage (a single one for random order).
package struct TokenOrder: Sendable, Equatable {
    package let subStages: [[Int]]

    /// An order that was recorded elsewhere.
    package init(subStages: [[Int]]) {
        self.subStages = subStages
    }

    /// Shuffles each sub-stage with the image's seed; a Halton order is rolled by it instead.
    package init(_ settings: SamplerSettings, grid: TokenGrid, seed: UInt64) {
        let philox = Philox(key: seed)
        let sets: [[Int]] =
            switch settings.ordering {
            case .random: [Array(0..<grid.tokenCount)]
            case .halton: [grid.haltonOrder(rolledBy: Self.offset(on: grid, philox))]
            case .twoStage: grid.subStages(count: settings.steps.count)
            }
        guard settings.ordering != .halton else {
            subStages = sets
            return
        }
        subStages = sets.enumerated().map { Self.shuffled($0.element, list: $0.offset, philox) }
    }

    /// Rows and columns by which an image's Halton order is rolled: the number at counter (order, 0, 0, 0).
    private static func offset(on grid: TokenGrid, _ philox: Philox) -> (rows: Int, columns: Int) {
        let words = philox.words(at: .init(RandomPurpose.tokenOrder.rawValue, 0, 0, 0))
        return (Int(words.x) % grid.height, Int(words.y) % grid.width)
    }

    /// Fisher-Yates. Position n of list k swaps by the 64-bit number at counter (order, k, n, 0); the bias of the
    /// multiply-and-shift reduction is below 2^-52 for any grid.
    private static func shuffled(_ tokens: [Int], list: Int, _ philox: Philox) -> [Int] {
        var tokens = tokens
        for position in stride(from: tokens.count - 1, to: 0, by: -1) {
            let words = philox.words(at: .init(RandomPurpose.tokenOrder.rawValue, UInt32(list), UInt32(position), 0))
            let random = UInt64(words.y) << 32 | UInt64(words.x)
            tokens.swapAt(position, Int(random.multipliedFullWidth(by: UInt64(position + 1)).high))
        }
        return tokens
    }
}
