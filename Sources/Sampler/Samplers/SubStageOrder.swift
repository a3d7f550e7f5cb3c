/// The names of the orders that sub-stages can have.
package enum SubStageOrder: String, Sendable, CaseIterable {
    /// The checkerboard's sub-stages, at random inside each (arXiv 2510.17171, section 3).
    case checkerboard
    case random, raster, subsample, halton

    package init(_ order: TwoStageSampler.Order) {
        self =
            switch order {
            case .checkerboard: .checkerboard
            case .cut(.random): .random
            case .cut(.raster): .raster
            case .cut(.subsample): .subsample
            case .cut(.halton): .halton
            }
    }

    package func order(first color: CheckerboardColor = .even) -> TwoStageSampler.Order {
        switch self {
        case .checkerboard: .checkerboard(first: color)
        case .random: .cut(.random)
        case .raster: .cut(.raster)
        case .subsample: .cut(.subsample)
        case .halton: .cut(.halton)
        }
    }
}
