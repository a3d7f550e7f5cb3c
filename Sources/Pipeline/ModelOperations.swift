package import MARModel

/// Floating-point operations of the parts of a model, counted from shapes; a multiply-add is two.
///
/// Products and convolutions only: norms, activations and softmax are passes over memory, not arithmetic that the
/// matmul ceiling could be compared with. What is counted is what the engine computes.
package struct ModelOperations: Sendable {
    private let configuration: ModelConfiguration

    package init(_ configuration: ModelConfiguration) {
        self.configuration = configuration
    }

    /// Encoder of one image in one autoregressive step.
    /// - Parameters:
    ///   - known: N.
    ///   - halves: S.
    package func encoderStep(known: Int, halves: Int) -> Int {
        let rows = halves * (configuration.bufferTokens + known)
        // The projection of the known tokens is the same for both halves.
        return linear(rows: known, configuration.latentChannels, configuration.encoder.width)
            + blocks(configuration.encoder, rows: rows, sequences: halves)
    }

    /// Decoder of one image in one autoregressive step.
    /// - Parameter wanted: n, tokens decided in the step: the last block computes keys and values of every token, all
    ///   else only of these.
    package func decoderStep(known: Int, wanted: Int, halves: Int) -> Int {
        let slots = configuration.bufferTokens + configuration.tokenCount
        var part = configuration.decoder
        let width = part.width
        part.depth -= 1
        return linear(rows: halves * (configuration.bufferTokens + known), configuration.encoder.width, width)
            + blocks(part, rows: halves * slots, sequences: halves)
            + linear(rows: halves * slots, width, 2 * width)
            + linear(rows: halves * wanted, width, 2 * width + 2 * configuration.mlpRatio * width)
            + halves * attention(queries: wanted, keys: slots, width: width)
    }

    /// One evaluation of the diffusion head.
    /// - Parameter rows: R, halves x tokens.
    package func headEvaluation(rows: Int) -> Int {
        2 * rows * headEvaluationWeights
    }

    /// Weights that one evaluation of the diffusion head reads, biases and norms left out.
    package var headEvaluationWeights: Int {
        let (width, channels) = (configuration.diffusionHead.width, configuration.latentChannels)
        // Per block: the two layers of the MLP, and shift, scale and gate.
        let block = 2 * width * width + 3 * width * width
        let finalLayer = 2 * width * width + 2 * channels * width
        return channels * width + configuration.diffusionHead.depth * block + finalLayer
    }

    /// Embedding of the conditions, once per token's chain.
    package func conditionEmbedding(rows: Int) -> Int {
        linear(rows: rows, configuration.decoder.width, configuration.diffusionHead.width)
    }

    /// Embedding of one timestep, once per schedule.
    package var timeEmbedding: Int {
        let width = configuration.diffusionHead.width
        return linear(rows: 1, DiffusionHead.frequencyCount, width) + linear(rows: 1, width, width)
    }

    /// VAE decoder of one image.
    package var imageDecoding: Int {
        let vae = configuration.vae
        let widths = vae.channelMultipliers.map { $0 * vae.channels }
        var (pixels, width) = (configuration.tokenCount, widths[widths.count - 1])
        var sum = linear(rows: pixels, configuration.latentChannels, configuration.latentChannels)
        sum += convolution(pixels: pixels, configuration.latentChannels, width)
        sum += 2 * residualBlock(pixels: pixels, width, width)
        sum += 4 * linear(rows: pixels, width, width) + attention(queries: pixels, keys: pixels, width: width)
        for level in widths.indices.reversed() {
            for _ in 0...vae.residualBlocks {
                sum += residualBlock(pixels: pixels, width, widths[level])
                width = widths[level]
            }
            if level > 0 {
                pixels *= 4
                sum += convolution(pixels: pixels, width, width)
            }
        }
        return sum + convolution(pixels: pixels, width, vae.outputChannels)
    }
}

extension ModelOperations {
    private func linear(rows: Int, _ inputs: Int, _ outputs: Int) -> Int {
        2 * rows * inputs * outputs
    }

    /// Scores and weighted sum of one sequence, over all heads.
    private func attention(queries: Int, keys: Int, width: Int) -> Int {
        2 * 2 * queries * keys * width
    }

    private func blocks(_ part: ModelConfiguration.Transformer, rows: Int, sequences: Int) -> Int {
        let width = part.width
        let layers =
            linear(rows: rows, width, 3 * width) + linear(rows: rows, width, width)
            + 2 * linear(rows: rows, width, configuration.mlpRatio * width)
        let tokens = rows / sequences
        return part.depth * (layers + sequences * attention(queries: tokens, keys: tokens, width: width))
    }

    private func convolution(pixels: Int, _ inputs: Int, _ outputs: Int) -> Int {
        2 * pixels * 9 * inputs * outputs
    }

    private func residualBlock(pixels: Int, _ inputs: Int, _ outputs: Int) -> Int {
        convolution(pixels: pixels, inputs, outputs) + convolution(pixels: pixels, outputs, outputs)
            + (inputs == outputs ? 0 : linear(rows: pixels, inputs, outputs))
    }
}
