import Foundation

/// How many tokens the autoregressive steps through an order reveal: the mask scheduling function of MaskGIT (arXiv
/// 2202.04200, section 3.3).
package enum MaskSchedule: String, Sendable, Codable, CaseIterable {
    /// As many at each step: after m steps of s, floor(n m/s) of n tokens are revealed (GtR, arXiv 2510.17171).
    case linear
    /// Few at first, more and more then: after m steps of s, floor(n cos(pi/2 m/s)) of n tokens stay masked, at least 1 and
    /// fewer than before (MAR, arXiv 2406.11838, section 4.3).
    case cosine

    /// Tokens that stay masked after each step, descending; none after the last.
    /// - Parameters:
    ///   - tokenCount: n.
    ///   - stepCount: s, 1...n.
    func maskedCounts(tokenCount: Int, stepCount: Int) -> [Int] {
        var masked = tokenCount
        return (1...stepCount).map { step in
            masked = step == stepCount ? 0 : maskedCount(tokenCount, after: step, of: stepCount, before: masked)
            return masked
        }
    }

    private func maskedCount(_ tokenCount: Int, after step: Int, of stepCount: Int, before: Int) -> Int {
        switch self {
        case .linear: tokenCount - tokenCount * step / stepCount
        case .cosine:
            max(1, min(before - 1, Int(Double(tokenCount) * cos(Double.pi / 2 * Double(step) / Double(stepCount)))))
        }
    }
}
