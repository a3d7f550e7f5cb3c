/// Halton order (arXiv 2503.17076, section 4): each next token lies far from those before it.
extension TokenGrid {
    /// Every token once, by the first point of the two-dimensional Halton sequence (base 2 for rows, 3 for columns, from
    /// index 1) that falls on it.
    /// - Parameter offset: rolls the order cyclically over the grid.
    package func haltonOrder(rolledBy offset: (rows: Int, columns: Int) = (0, 0)) -> [Int] {
        var (order, seen) = ([Int](), Set<Int>())
        var index = 1
        while order.count < tokenCount {
            let row = Int(Self.radicalInverse(index, base: 2) * Double(height))
            let column = Int(Self.radicalInverse(index, base: 3) * Double(width))
            let token = (row + offset.rows) % height * width + (column + offset.columns) % width
            if seen.insert(token).inserted { order.append(token) }
            index += 1
        }
        return order
    }

    /// The digits of `index` mirrored at the point, 0 ..< 1.
    package static func radicalInverse(_ index: Int, base: Int) -> Double {
        var (rest, place, result) = (index, 1.0, 0.0)
        while rest > 0 {
            place /= Double(base)
            result += Double(rest % base) * place
            rest /= base
        }
        return result
    }
}
