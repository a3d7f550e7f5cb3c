/// Which tokens the sub-stages of two-stage sampling take (GtR, arXiv 2510.17171, and the orders it compares with).
///
/// The plan is the same for all of them: every order but the checkerboard is one order of the whole grid, cut into pieces of
/// the checkerboard's sub-stage sizes. So they cost the same.
package enum SubStageOrder: String, Sendable, Codable, CaseIterable {
    /// The checkerboard's sub-stages, at random inside each (arXiv 2510.17171, section 3).
    case checkerboard
    /// One random permutation of the grid.
    case random
    /// Row by row.
    case raster
    /// The sublattices (i mod 2, j mod 2) = (0, 0), (0, 1), (1, 0), (1, 1), each row by row.
    case subsample
    /// Halton points (arXiv 2503.17076), rolled per image.
    case halton
}
