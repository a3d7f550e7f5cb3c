extension TokenGrid {
    /// Every token once: the sublattices (i mod 2, j mod 2) = (0, 0), (0, 1), (1, 0), (1, 1) one after the other, each row
    /// by row: our definition of what arXiv 2510.17171 compares with as "subsample".
    package func subsampleOrder() -> [Int] {
        [(0, 0), (0, 1), (1, 0), (1, 1)].flatMap { top, left in
            (0..<tokenCount).filter { $0 / width % 2 == top && $0 % width % 2 == left }
        }
    }
}
