#if arch(x86_64)
internal import CKernels

/// How a product is cut into chunks: blocks of rows that stay in a core's second-level cache, times groups of panels.
struct ProductCut {
    /// So that a thread that is kept waiting leaves the others something to take.
    private static let chunksPerThread = 4

    private let rows: Int
    private let panels: Int
    private let blockRows: Int
    private let groups: Int
    private let groupPanels: Int

    init(rows: Int, depth: Int, columns: Int, _ precision: Precision, _ tile: PackedTile, threads: Int) {
        self.rows = rows
        panels = (columns + tile.panelColumns - 1) / tile.panelColumns
        blockRows = tile.blockRows(depth: depth, precision)
        let blocks = (rows + blockRows - 1) / blockRows
        let wanted = (Self.chunksPerThread * threads + blocks - 1) / blocks
        groupPanels = max(1, panels / wanted)
        groups = (panels + groupPanels - 1) / groupPanels
    }

    var chunks: Int { (rows + blockRows - 1) / blockRows * groups }

    /// Rows and panels of a chunk. Chunks of the same rows follow each other.
    subscript(chunk: Int) -> (rows: Range<Int>, panels: Range<Int>) {
        let (block, group) = chunk.quotientAndRemainder(dividingBy: groups)
        return (
            block * blockRows..<min(rows, (block + 1) * blockRows),
            group * groupPanels..<min(panels, (group + 1) * groupPanels)
        )
    }
}
#endif
