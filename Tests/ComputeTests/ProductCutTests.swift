#if arch(x86_64)
import Testing

@testable import Compute

@Suite("How products are cut")
struct ProductCutTests {
    private static let shapes = [1, 5, 12, 13, 144, 250, 640, 1301].flatMap { rows in
        [(1, 40), (160, 480), (768, 2304), (3072, 768), (5120, 16)].map { (rows, $0.0, $0.1) }
    }

    private func cut(_ shape: (rows: Int, depth: Int, columns: Int), threads: Int) -> ProductCut {
        ProductCut(
            rows: shape.rows, depth: shape.depth, columns: shape.columns, .fp32, .widest, threads: threads)
    }

    @Test(arguments: shapes, [1, 2, 3, 8])
    func `every row of every panel is in one chunk`(shape: (Int, Int, Int), threads: Int) {
        let cut = cut(shape, threads: threads)
        let panels = (shape.2 + PackedTile.widest.panelColumns - 1) / PackedTile.widest.panelColumns
        var met = [Int](repeating: 0, count: shape.0 * panels)
        for chunk in 0..<cut.chunks {
            let (rows, columns) = cut[chunk]
            #expect(!rows.isEmpty && !columns.isEmpty)
            for row in rows { for panel in columns { met[row * panels + panel] += 1 } }
        }
        #expect(met.allSatisfy { $0 == 1 })
    }

    @Test(arguments: [2, 4, 8])
    func `threads that take chunks in turn have as much to do, where panels can be shared`(threads: Int) {
        // 48 panels of 48 columns with AVX-512.
        let cut = cut((640, 768, 48 * PackedTile.widest.panelColumns), threads: threads)
        var work = [Int](repeating: 0, count: threads)
        for chunk in 0..<cut.chunks { work[chunk % threads] += cut[chunk].rows.count * cut[chunk].panels.count }
        #expect(Double(work.max()!) < 1.1 * Double(work.min()!))
    }
}
#endif
