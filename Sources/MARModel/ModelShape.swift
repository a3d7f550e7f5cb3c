/// The published sizes of MAR (arXiv 2406.11838 and its reference code), to be filled with random weights.
package enum ModelShape: String, Sendable, CaseIterable {
    case marB = "mar-b"
    case marL = "mar-l"
    case marH = "mar-h"
    /// A few thousand weights in the same arrangement, for tests.
    case tiny

    /// Those with checkpoints.
    static let published: [ModelShape] = [.marB, .marL, .marH]

    /// The configuration of this shape; its `name` is the shape's raw value.
    package var configuration: ModelConfiguration {
        switch self {
        case .marB: imageNet(width: 768, depth: 12, heads: 12, head: .init(width: 1024, depth: 6), guidance: 2.9)
        case .marL: imageNet(width: 1024, depth: 16, heads: 16, head: .init(width: 1280, depth: 8), guidance: 3.0)
        case .marH: imageNet(width: 1280, depth: 20, heads: 16, head: .init(width: 1536, depth: 12), guidance: 3.2)
        case .tiny:
            configuration(
                side: 8, transformer: .init(width: 64, depth: 2, heads: 4), bufferTokens: 8,
                head: .init(width: 96, depth: 2),
                vae: .init(
                    channels: 32, channelMultipliers: [1, 2, 2], residualBlocks: 2, outputChannels: 3, scaling: 0.2325),
                classes: 10, guidance: 3.0)
        }
    }

    /// ImageNet at 256 x 256 with the KL-16 autoencoder.
    private func imageNet(
        width: Int, depth: Int, heads: Int, head: ModelConfiguration.Head, guidance: Double
    ) -> ModelConfiguration {
        configuration(
            side: 16, transformer: .init(width: width, depth: depth, heads: heads), bufferTokens: 64, head: head,
            vae: .init(
                channels: 128, channelMultipliers: [1, 1, 2, 2, 4], residualBlocks: 2, outputChannels: 3,
                scaling: 0.2325),
            classes: 1000, guidance: guidance)
    }

    /// Encoder and decoder are alike in all of them.
    private func configuration(
        side: Int, transformer: ModelConfiguration.Transformer, bufferTokens: Int, head: ModelConfiguration.Head,
        vae: ModelConfiguration.VAE, classes: Int, guidance: Double
    ) -> ModelConfiguration {
        ModelConfiguration(
            format: 1, name: rawValue, grid: .init(height: side, width: side), latentChannels: 16,
            encoder: transformer, decoder: transformer, mlpRatio: 4, bufferTokens: bufferTokens, diffusionHead: head,
            vae: vae, classes: (0..<classes).map { .init(id: $0, name: "class \($0)") },
            defaults: .init(sampler: "gtr-16", guidance: guidance, guidanceSchedule: "linear", temperature: 1))
    }
}
