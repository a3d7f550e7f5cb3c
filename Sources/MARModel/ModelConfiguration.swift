package import Checkpoint
import Foundation

/// A model's `model.json`: every dimension, the classes, and the settings it is best sampled with.
package struct ModelConfiguration: Sendable, Codable, Equatable {
    package struct Grid: Sendable, Codable, Equatable {
        package var height: Int
        package var width: Int
    }

    package struct Transformer: Sendable, Codable, Equatable {
        /// D.
        package var width: Int
        /// Number of blocks.
        package var depth: Int
        /// H.
        package var heads: Int
    }

    package struct Head: Sendable, Codable, Equatable {
        package var width: Int
        package var depth: Int
    }

    package struct VAE: Sendable, Codable, Equatable {
        package var channels: Int
        package var channelMultipliers: [Int]
        package var residualBlocks: Int
        /// 1: grey, 3: RGB.
        package var outputChannels: Int
        /// The decoder's input is latents / scaling.
        package var scaling: Double
        /// Groups of every group norm, a divisor of `channels`; nil: 32, as the published autoencoders have them. With as
        /// many groups as channels each channel loses its mean, which mutes the colours of a narrow last level.
        package var normGroups: Int?

        /// Pixels per token and axis.
        package var stride: Int { 1 << (channelMultipliers.count - 1) }

        var normGroupCount: Int { normGroups ?? 32 }
    }

    package struct Class: Sendable, Codable, Equatable {
        package var id: Int
        package var name: String
        package var synonyms: [String]?
        /// Of the class's synset: `n02123045`.
        package var wordnetId: String?

        package init(id: Int, name: String, synonyms: [String]? = nil, wordnetId: String? = nil) {
            self.id = id
            self.name = name
            self.synonyms = synonyms
            self.wordnetId = wordnetId
        }
    }

    package struct Defaults: Sendable, Codable, Equatable {
        package var sampler: String
        package var guidance: Double
        package var guidanceSchedule: String
        package var temperature: Double
        /// Highest diffusion timestep, 0...999, in samplers that set none of their own; nil: no clip.
        package var timestepClip: Int?
        /// `linear` or `cosine`, in the sub-stages of two-stage samplers; nil: linear.
        package var maskSchedule: String?
    }

    /// Where imported weights come from.
    package struct Provenance: Sendable, Codable, Equatable {
        package struct File: Sendable, Codable, Equatable {
            package var file: String
            package var sha256: String

            package init(file: String, sha256: String) {
                self.file = file
                self.sha256 = sha256
            }
        }

        /// Which of a checkpoint's weights: `ema` or `raw`.
        package var weights: String?
        /// `fp32`, `bf16` or `int8`.
        package var precision: String?
        package var checkpoint: File?
        package var vae: File?
        /// The weights of the model that this one was made of.
        package var model: File?

        /// Of an import.
        package init(weights: String?, precision: String, checkpoint: File?, vae: File?, model: File?) {
            self.weights = weights
            self.precision = precision
            self.checkpoint = checkpoint
            self.vae = vae
            self.model = model
        }
    }

    /// Version of this file's form; 1.
    package var format: Int
    package var name: String
    package var description: String?
    package var license: String?
    package var grid: Grid
    /// C.
    package var latentChannels: Int
    package var encoder: Transformer
    package var decoder: Transformer
    package var mlpRatio: Int
    /// P.
    package var bufferTokens: Int
    package var diffusionHead: Head
    package var vae: VAE
    package var classes: [Class]
    package var defaults: Defaults
    /// SHA-256 of `model.safetensors`, in hexadecimal.
    package var weightsSha256: String?
    package var provenance: Provenance?

    /// L.
    package var tokenCount: Int { grid.height * grid.width }
    package var imageHeight: Int { grid.height * vae.stride }
    package var imageWidth: Int { grid.width * vae.stride }
}

extension ModelConfiguration {
    /// The largest sizes that are accepted: four times MAR-H in every direction, so that no file can ask for absurd memory.
    private static let limits = (width: 8192, depth: 128, tokens: 4096, buffer: 1024, channels: 2048, classes: 100_000)

    /// - Throws: `CheckpointError` naming the key and what is wrong with it.
    package init(file: String) throws(CheckpointError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw .unreadable(file: file, reason: error.localizedDescription)
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(Self.self, from: data)
        } catch {
            throw .invalidConfiguration(file: file, reason: "\(error)")
        }
        try check(file: file)
    }

    /// - Throws: `CheckpointError` naming the first key that is out of range.
    func check(file: String) throws(CheckpointError) {
        if let reason = firstFault { throw .invalidConfiguration(file: file, reason: reason) }
    }

    /// The text of `model.json`.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    private var firstFault: String? {
        let limits = Self.limits
        let sizes: [(key: String, value: Int, limit: Int)] = [
            ("grid.height", grid.height, limits.tokens), ("grid.width", grid.width, limits.tokens),
            ("latent_channels", latentChannels, limits.channels), ("encoder.width", encoder.width, limits.width),
            ("encoder.depth", encoder.depth, limits.depth), ("encoder.heads", encoder.heads, limits.width),
            ("decoder.width", decoder.width, limits.width), ("decoder.depth", decoder.depth, limits.depth),
            ("decoder.heads", decoder.heads, limits.width), ("mlp_ratio", mlpRatio, 16),
            ("buffer_tokens", bufferTokens, limits.buffer), ("diffusion_head.width", diffusionHead.width, limits.width),
            ("diffusion_head.depth", diffusionHead.depth, limits.depth),
            ("vae.channels", vae.channels, limits.channels), ("vae.norm_groups", vae.normGroupCount, limits.channels),
            ("vae.residual_blocks", vae.residualBlocks, 16),
            ("vae.channel_multipliers", vae.channelMultipliers.count, 8), ("classes", classes.count, limits.classes),
        ]
        if let fault = sizes.first(where: { !(1...$0.limit).contains($0.value) }) {
            return "\(fault.key) is \(fault.value), expected 1...\(fault.limit)"
        }
        if name.wholeMatch(of: /[A-Za-z0-9._-]{1,64}/) == nil {
            return "name is \"\(name.prefix(80))\", expected 1 to 64 letters, digits, '-', '.' and '_'"
        }
        if format != 1 { return "format is \(format), expected 1" }
        if tokenCount > limits.tokens { return "grid has \(tokenCount) tokens, expected at most \(limits.tokens)" }
        for (key, part) in [("encoder", encoder), ("decoder", decoder)] where part.width % part.heads != 0 {
            return "\(key).width \(part.width) is not a multiple of \(key).heads \(part.heads)"
        }
        if let multiplier = vae.channelMultipliers.first(where: { !(1...64).contains($0) }) {
            return "vae.channel_multipliers holds \(multiplier), expected 1...64"
        }
        // The widths of all levels are multiples of this one.
        if vae.channels % vae.normGroupCount != 0 {
            return "vae.channels is \(vae.channels), expected a multiple of vae.norm_groups \(vae.normGroupCount)"
        }
        if ![1, 3].contains(vae.outputChannels) {
            return "vae.output_channels is \(vae.outputChannels), expected 1 or 3"
        }
        if !(vae.scaling.isFinite && vae.scaling > 0) { return "vae.scaling is \(vae.scaling), expected above 0" }
        if let clip = defaults.timestepClip, !(0...999).contains(clip) {
            return "defaults.timestep_clip is \(clip), expected 0...999"
        }
        if classes.map(\.id) != Array(0..<classes.count) { return "classes must have the ids 0, 1, 2... in order" }
        return nil
    }
}
