import Compute
import MARModel
import PNGEncoder

/// Latents to pixels: the VAE, and 8 bits.
struct ImageRenderer {
    let model: MARModel
    let backend: any Backend

    /// pixel = round(clamp((x + 1) / 2, 0, 1) * 255).
    /// - Parameters:
    ///   - painting: finished or not: a token that is not painted yet has the latent zero, the middle of all.
    ///   - seed: of the image, for the error.
    /// - Throws: `PipelineError.notFinite`.
    func image(of painting: Painting, seed: UInt64) throws -> PNGImage {
        let values = model.vae.decode(painting.latents, on: backend)
        guard values.allSatisfy(\.isFinite) else { throw PipelineError.notFinite(seed: seed) }
        let configuration = model.configuration
        return try PNGImage(
            width: configuration.imageWidth, height: configuration.imageHeight,
            channels: configuration.vae.outputChannels,
            pixels: values.map { UInt8((min(max(($0 + 1) / 2, 0), 1) * 255).rounded(.toNearestOrEven)) })
    }
}
