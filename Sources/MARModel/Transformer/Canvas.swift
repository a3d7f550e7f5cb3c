/// What a batch of images has on its canvas: which tokens are known, and what each half of the guidance sees as class.
///
/// Every image has the same number of known tokens N; which ones they are differs.
package struct Canvas: Sendable {
    /// Known tokens of each image, ascending. [B][N]
    package let known: [[Int]]
    /// Latents of the known tokens, in the same order. [B, N, C]
    package let latents: [Float]
    /// Rows of the class table, one per half: the class, and if there is guidance the unconditional row. [B][halves]
    package let classRows: [[Int]]

    package init(known: [[Int]], latents: [Float], classRows: [[Int]]) {
        precondition(known.count == classRows.count && !known.isEmpty, "one entry per image")
        precondition(known.allSatisfy { $0.count == known[0].count }, "as many known tokens in every image")
        precondition(classRows.allSatisfy { $0.count == classRows[0].count }, "as many halves in every image")
        self.known = known
        self.latents = latents
        self.classRows = classRows
    }

    package var images: Int { known.count }
    /// N.
    package var knownCount: Int { known[0].count }
    /// 1 without guidance, 2 with.
    package var halves: Int { classRows[0].count }
}
