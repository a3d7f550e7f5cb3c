import Compute

/// The tensors of a model of some configuration: names as in `model.safetensors`, and shapes.
///
/// The layers ask for theirs when a model is loaded; this list is for writing one. A test holds it to the layers.
struct ModelTensors {
    struct Tensor: Equatable {
        let name: String
        let shape: [Int]
        /// Of its layer; a bias, a norm or a table belongs to no block's product, and is as exact as an edge.
        let place: LayerPlace

        var elementCount: Int { shape.reduce(1, *) }
    }

    private(set) var all: [Tensor] = []

    init(_ configuration: ModelConfiguration) {
        addTransformers(configuration)
        addHead(configuration)
        addVAE(configuration)
    }

    private mutating func add(_ name: String, _ shape: [Int], at place: LayerPlace = .edge) {
        all.append(Tensor(name: name, shape: shape, place: place))
    }

    private mutating func linear(_ name: String, inputs: Int, outputs: Int, at place: LayerPlace = .edge) {
        add(name + ".weight", [outputs, inputs], at: place)
        add(name + ".bias", [outputs])
    }

    private mutating func convolution(_ name: String, inputs: Int, outputs: Int, size: Int = 3) {
        add(name + ".weight", [outputs, inputs, size, size])
        add(name + ".bias", [outputs])
    }

    private mutating func norm(_ name: String, width: Int) {
        add(name + ".weight", [width])
        add(name + ".bias", [width])
    }

    private mutating func addTransformers(_ c: ModelConfiguration) {
        let slots = c.bufferTokens + c.tokenCount
        add("mar.class_emb.weight", [c.classes.count, c.encoder.width])
        add("mar.fake_latent", [1, c.encoder.width])
        linear("mar.z_proj", inputs: c.latentChannels, outputs: c.encoder.width)
        norm("mar.z_proj_ln", width: c.encoder.width)
        add("mar.encoder_pos_embed_learned", [1, slots, c.encoder.width])
        addBlocks("mar.encoder", c.encoder, mlpRatio: c.mlpRatio)
        linear("mar.decoder_embed", inputs: c.encoder.width, outputs: c.decoder.width)
        add("mar.mask_token", [1, 1, c.decoder.width])
        add("mar.decoder_pos_embed_learned", [1, slots, c.decoder.width])
        addBlocks("mar.decoder", c.decoder, mlpRatio: c.mlpRatio)
        add("mar.diffusion_pos_embed_learned", [1, c.tokenCount, c.decoder.width])
    }

    private mutating func addBlocks(_ part: String, _ transformer: ModelConfiguration.Transformer, mlpRatio: Int) {
        let width = transformer.width
        for index in 0..<transformer.depth {
            let name = "\(part)_blocks.\(index)"
            norm(name + ".norm1", width: width)
            linear(name + ".attn.qkv", inputs: width, outputs: 3 * width, at: .block)
            linear(name + ".attn.proj", inputs: width, outputs: width, at: .block)
            norm(name + ".norm2", width: width)
            linear(name + ".mlp.fc1", inputs: width, outputs: mlpRatio * width, at: .block)
            linear(name + ".mlp.fc2", inputs: mlpRatio * width, outputs: width, at: .block)
        }
        norm(part + "_norm", width: width)
    }

    private mutating func addHead(_ c: ModelConfiguration) {
        let (net, width) = ("mar.diffloss.net.", c.diffusionHead.width)
        linear(net + "time_embed.mlp.0", inputs: DiffusionHead.frequencyCount, outputs: width)
        linear(net + "time_embed.mlp.2", inputs: width, outputs: width)
        linear(net + "cond_embed", inputs: c.decoder.width, outputs: width)
        linear(net + "input_proj", inputs: c.latentChannels, outputs: width)
        for index in 0..<c.diffusionHead.depth {
            let name = net + "res_blocks.\(index)."
            norm(name + "in_ln", width: width)
            linear(name + "mlp.0", inputs: width, outputs: width, at: .block)
            linear(name + "mlp.2", inputs: width, outputs: width, at: .block)
            linear(name + "adaLN_modulation.1", inputs: width, outputs: 3 * width, at: .block)
        }
        linear(net + "final_layer.adaLN_modulation.1", inputs: width, outputs: 2 * width)
        linear(net + "final_layer.linear", inputs: width, outputs: 2 * c.latentChannels)
    }

    private mutating func addVAE(_ c: ModelConfiguration) {
        let widths = c.vae.channelMultipliers.map { $0 * c.vae.channels }
        let deepest = widths[widths.count - 1]
        convolution("vae.post_quant_conv", inputs: c.latentChannels, outputs: c.latentChannels, size: 1)
        convolution("vae.decoder.conv_in", inputs: c.latentChannels, outputs: deepest)
        addResidualBlock("vae.decoder.mid.block_1", inputs: deepest, outputs: deepest)
        norm("vae.decoder.mid.attn_1.norm", width: deepest)
        for part in ["q", "k", "v", "proj_out"] {
            convolution("vae.decoder.mid.attn_1." + part, inputs: deepest, outputs: deepest, size: 1)
        }
        addResidualBlock("vae.decoder.mid.block_2", inputs: deepest, outputs: deepest)
        for level in widths.indices.reversed() {
            let (width, name) = (widths[level], "vae.decoder.up.\(level)")
            for index in 0...c.vae.residualBlocks {
                let incoming = level + 1 < widths.count ? widths[level + 1] : deepest
                addResidualBlock("\(name).block.\(index)", inputs: index == 0 ? incoming : width, outputs: width)
            }
            if level > 0 { convolution("\(name).upsample.conv", inputs: width, outputs: width) }
        }
        norm("vae.decoder.norm_out", width: widths[0])
        convolution("vae.decoder.conv_out", inputs: widths[0], outputs: c.vae.outputChannels)
    }

    private mutating func addResidualBlock(_ name: String, inputs: Int, outputs: Int) {
        norm(name + ".norm1", width: inputs)
        convolution(name + ".conv1", inputs: inputs, outputs: outputs)
        norm(name + ".norm2", width: outputs)
        convolution(name + ".conv2", inputs: outputs, outputs: outputs)
        if inputs != outputs { convolution(name + ".nin_shortcut", inputs: inputs, outputs: outputs, size: 1) }
    }
}
