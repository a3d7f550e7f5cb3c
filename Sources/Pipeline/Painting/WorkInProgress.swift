package import Generation
import PNGEncoder

/// Images of a job between two autoregressive steps, for whoever wants to look.
package struct WorkInProgress {
    /// Those that are painted together.
    package let paintings: [Painting]
    /// Place of the first of them among the job's images.
    package let firstIndex: Int
    /// Of each painting.
    package let seeds: [UInt64]
    /// Autoregressive steps over all images of the job: done, and in all.
    let step: Int
    let steps: Int
    let renderer: ImageRenderer

    /// A painting as it is now. Decoding takes as long as for a finished image; only who calls pays for it.
    /// - Parameter index: in `paintings`.
    /// - Returns: a PNG without text.
    /// - Throws: `PipelineError.notFinite`.
    package func preview(of index: Int) throws -> [UInt8] {
        try renderer.image(of: paintings[index], seed: seeds[index]).encoded(metadata: [])
    }
}

extension WorkInProgress: UnfinishedImages {
    package var indices: Range<Int> { firstIndex..<firstIndex + paintings.count }

    package func preview(ofImage index: Int) throws -> ImagePreview {
        let image = try renderer.image(of: paintings[index - firstIndex], seed: seeds[index - firstIndex])
        return ImagePreview(
            index: index, step: step, steps: steps, width: image.width, height: image.height,
            png: try image.encoded(metadata: []))
    }
}
