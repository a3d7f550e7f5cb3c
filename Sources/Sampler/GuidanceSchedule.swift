/// How the classifier-free guidance scale moves over the autoregressive steps.
package enum GuidanceSchedule: String, Sendable, Codable, CaseIterable {
    /// g at every step.
    case constant
    /// g_s = 1 + (g - 1) * (L - m_s) / L, with m_s the tokens still masked after step s, at least 1 (MAR reference).
    case linear

    /// - Parameters:
    ///   - guidance: the full scale g.
    ///   - maskedAfterStep: m_s, tokens still masked after this step.
    ///   - tokenCount: L.
    package func scale(guidance: Double, maskedAfterStep: Int, tokenCount: Int) -> Double {
        switch self {
        case .constant: guidance
        case .linear: 1 + (guidance - 1) * Double(tokenCount - max(1, maskedAfterStep)) / Double(tokenCount)
        }
    }
}
