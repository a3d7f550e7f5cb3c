/// The grid of latent tokens, row-major: token p = i * width + j.
package struct TokenGrid: Sendable, Equatable, Hashable, Codable {
    package let height: Int
    package let width: Int

    package init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// L, the number of tokens.
    package var tokenCount: Int { height * width }
}
