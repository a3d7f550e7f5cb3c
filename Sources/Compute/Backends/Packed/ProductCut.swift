#if arch(x86_64)
internal import CKernels

/// How a product is cut into chunks: blocks of rows that stay in a core's second-level cache, times groups of panels, both as even
/// as whole tiles and panels let them be.
struct ProductCut {
    /// So that a thread that is kept waiting leaves the others something to take.
    private static let chunksPerThread = 4

    private let rows: Int
    private let panels: Int
    private let blockRows: Int
    private let blocks: Int
    private let groups: Int

    init(rows: Int, depth: Int, columns: Int, _ precision: Precision, _ tile: PackedTile, threads: Int) {
        self.rows = rows
        panels = columns.dividedUp(by: tile.panelColumns)
        let most = tile.blockRows(depth: depth, precision)
        blockRows = rows.dividedUp(by: rows.dividedUp(by: most)).dividedUp(by: tile.rows) * tile.rows
        blocks = rows.dividedUp(by: blockRows)
        groups = Self.groups(of: panels, blocks: blocks, threads: threads)
    }

    /// As many groups as give each thread some chunks, or a few more: those with which the thread that has most has least.
    private static func groups(of panels: Int, blocks: Int, threads: Int) -> Int {
        func most(_ groups: Int) -> Int { (blocks * groups).dividedUp(by: threads) * panels.dividedUp(by: groups) }
        let wanted = min(panels, (chunksPerThread * threads).dividedUp(by: blocks))
        return (wanted...min(panels, 2 * wanted)).reduce(wanted) { most($1) < most($0) ? $1 : $0 }
    }

    var chunks: Int { blocks * groups }

    /// Rows and panels of a chunk. Chunks of the same rows follow each other.
    subscript(chunk: Int) -> (rows: Range<Int>, panels: Range<Int>) {
        let (block, group) = chunk.quotientAndRemainder(dividingBy: groups)
        return (
            block * blockRows..<min(rows, (block + 1) * blockRows),
            panels * group / groups..<panels * (group + 1) / groups
        )
    }
}
#endif
