/// An order of the whole grid that is cut into sub-stages, to compare the checkerboard with (arXiv 2510.17171, section 4).
package enum CutOrder: String, Sendable, Codable, CaseIterable {
    /// One random permutation of the grid.
    case random
    /// Row by row.
    case raster
    /// The sublattices (i mod 2, j mod 2) = (0, 0), (0, 1), (1, 0), (1, 1), each row by row.
    case subsample
    /// Halton points (arXiv 2503.17076), rolled per image.
    case halton

    func tokens(on grid: TokenGrid, seed: UInt64) -> [Int] {
        switch self {
        case .random: TokenOrder.random(on: grid, seed: seed)
        case .raster: Array(0..<grid.tokenCount)
        case .subsample: grid.subsampleOrder()
        case .halton: TokenOrder.halton(on: grid, seed: seed)
        }
    }
}
