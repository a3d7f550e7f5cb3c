/// In which order the tokens of one image are decided: one list per sub-stage (a single one for random order).
package struct TokenOrder: Sendable, Equatable {
    package let subStages: [[Int]]

    /// An order that was recorded elsewhere.
    package init(subStages: [[Int]]) {
        self.subStages = subStages
    }

    /// Whatever is random about it follows from the image's seed.
    package init(_ settings: SamplerSettings, grid: TokenGrid, seed: UInt64) {
        let philox = Philox(key: seed)
        subStages =
            switch settings.ordering {
            case .random: [Self.random(grid, philox)]
            case .halton: [Self.halton(grid, philox)]
            case .twoStage: Self.subStages(settings, grid, philox)
            }
    }

    /// The checkerboard's sub-stages, or another order of the grid cut into pieces of their sizes.
    private static func subStages(_ settings: SamplerSettings, _ grid: TokenGrid, _ philox: Philox) -> [[Int]] {
        let checkerboard = grid.subStages(count: settings.steps.count, firstColor: settings.firstColor)
        let order: [Int]
        switch settings.subStageOrder {
        case .checkerboard: return checkerboard.enumerated().map { shuffled($0.element, list: $0.offset, philox) }
        case .random: order = random(grid, philox)
        case .raster: order = Array(0..<grid.tokenCount)
        case .subsample: order = grid.subsampleOrder()
        case .halton: order = halton(grid, philox)
        }
        var start = 0
        return checkerboard.map { part in
            defer { start += part.count }
            return Array(order[start..<start + part.count])
        }
    }

    private static func random(_ grid: TokenGrid, _ philox: Philox) -> [Int] {
        shuffled(Array(0..<grid.tokenCount), list: 0, philox)
    }

    private static func halton(_ grid: TokenGrid, _ philox: Philox) -> [Int] {
        grid.haltonOrder(rolledBy: offset(on: grid, philox))
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
