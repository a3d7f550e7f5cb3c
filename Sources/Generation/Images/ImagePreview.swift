/// An image of a running job, as far as it is painted.
package struct ImagePreview: Sendable, Equatable {
    /// Among the job's images.
    package var index: Int
    /// Autoregressive steps done over all images of the job, as in `GenerationProgress`.
    package var step: Int
    package var steps: Int
    package var width: Int
    package var height: Int
    package var png: [UInt8]

    package init(index: Int, step: Int, steps: Int, width: Int, height: Int, png: [UInt8]) {
        self.index = index
        self.step = step
        self.steps = steps
        self.width = width
        self.height = height
        self.png = png
    }
}

/// Images of a job between two autoregressive steps, for whoever wants to look.
package protocol UnfinishedImages {
    /// Those that are painted now, by their place among the job's images; not empty.
    var indices: Range<Int> { get }

    /// Decodes one of them, which takes as long as for a finished image.
    ///
    /// - Parameter index: one of `indices`.
    func preview(ofImage index: Int) throws -> ImagePreview
}
