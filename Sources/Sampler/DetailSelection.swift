/// Which tokens of a reconstruction step get the diffusion steps for detail.
package enum DetailSelection: String, Sendable, Codable, CaseIterable {
    /// Those with most energy in the high frequencies: frequency-weighted token selection (arXiv 2510.17171, section 3.3).
    case highFrequency = "high_frequency"
    /// Those with least: the same scores from the other end.
    case lowFrequency = "low_frequency"
    /// Uniformly drawn, by the image's seed.
    case random

    /// Positions of the tokens with the best scores, best first; of equal ones the lower token first.
    /// - Parameters:
    ///   - count: how many to pick.
    ///   - scores: one per token of the step; the lowest are best for `lowFrequency`, else the highest.
    ///   - tokens: the step's tokens.
    package func pick(_ count: Int, scores: [Double], tokens: [Int]) -> [Int] {
        let ranked = scores.indices.sorted { left, right in
            guard scores[left] != scores[right] else { return tokens[left] < tokens[right] }
            return self == .lowFrequency ? scores[left] < scores[right] : scores[left] > scores[right]
        }
        return Array(ranked.prefix(count))
    }
}
