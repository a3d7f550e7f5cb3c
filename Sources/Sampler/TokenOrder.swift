/// In which order the tokens of one image are decided: one list per sub-stage (a single one for random order).
package struct TokenOrder: Sendable, Equatable {
    package let subStages: [[Int]]

    /// An order that was recorded elsewhere.
    package init(subStages: [[Int]]) {
        self.subStages = subStages
    }

    /// Shuffles each sub-stage with the image's seed.
    package init(_ settings: SamplerSettings, grid: TokenGrid, seed: UInt64) {
        let philox = Philox(key: seed)
        let sets: [[Int]] =
            switch settings.ordering {
            case .random: [Array(0..<grid.tokenCount)]
            case .twoStage: grid.subStages(count: settings.steps.count)
            }
        subStages = sets.enumerated().map { Self.shuffled($0.element, list: $0.offset, philox) }
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
