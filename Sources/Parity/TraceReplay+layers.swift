import Compute
import MARModel
import Sampler

extension TraceReplay {
    /// `blocks.tokens` [B, L, C], `.mask` [B, L] (1: masked), `.labels` [B] -> `.encoder_out` [B, P + N, D], `.z` [B, L, E].
    func compareBlocks() throws -> [TraceComparison] {
        let configuration = model.configuration
        let (length, channels) = (grid.tokenCount, configuration.latentChannels)
        let images = try trace.shape("blocks.tokens", [nil, length, channels])[0]
        let tokens = try trace.floats("blocks.tokens", [images, length, channels])
        let mask = try trace.floats("blocks.mask", [images, length])
        let labels = try trace.integers("blocks.labels", [images], in: 0..<configuration.classes.count)
        let known = (0..<images).map { image in (0..<length).filter { mask[image * length + $0] == 0 } }
        guard known.allSatisfy({ $0.count == known[0].count }) else {
            throw TraceError.badValue(tensor: "blocks.mask", reason: "as many masked tokens are needed in every image")
        }
        let canvas = Canvas(
            known: known,
            latents: known.enumerated().flatMap { image, known in
                known.flatMap { token in
                    let start = (image * length + token) * channels
                    return tokens[start..<start + channels]
                }
            }, classRows: labels.map { [$0] })
        let encoded = model.encoder.encode(canvas, on: backend)
        // Before the decoder runs: it may use the encoder's result as scratch.
        let encoderOutput = backend.read(encoded)
        let z = model.decoder.decode(
            encoded, of: canvas, wanted: known.map { _ in Array(0..<length) }, on: backend)
        let slots = configuration.bufferTokens + known[0].count
        return [
            TraceComparison(
                "blocks.encoder_out", ours: encoderOutput,
                trace: try trace.floats("blocks.encoder_out", [images, slots, configuration.encoder.width]),
                tolerance: tolerance.layers),
            TraceComparison(
                "blocks.z", ours: backend.read(z),
                trace: try trace.floats("blocks.z", [images, length, configuration.decoder.width]),
                tolerance: tolerance.layers),
        ]
    }

    /// `head.x` [R, C], `.t` [R], `.c` [R, E] -> `.out` [R, 2 C]. Each row has a timestep of its own, so rows run alone.
    func compareHead() throws -> [TraceComparison] {
        let (channels, width) = (model.configuration.latentChannels, model.configuration.decoder.width)
        let rows = try trace.shape("head.x", [nil, channels])[0]
        let x = try trace.floats("head.x", [rows, channels])
        let z = try trace.floats("head.c", [rows, width])
        let timesteps = try trace.integers("head.t", [rows], in: 0..<1000)
        let outputs = timesteps.enumerated().flatMap { row, timestep in
            func tensor(_ values: [Float], columns: Int) -> Tensor {
                let part = Array(Self.part(row, of: values, images: rows))
                return backend.makeTensor(part, images: 1, rows: 1, columns: columns)
            }
            let (noisy, condition) = (tensor(x, columns: channels), tensor(z, columns: width))
            let modulation = model.head.modulate(
                times: model.head.embed(timesteps: [timestep], on: backend)[...],
                conditions: model.head.embed(conditions: condition, on: backend), on: backend)[0]
            return backend.read(model.head.evaluate(noisy, modulation, on: backend))
        }
        return [
            TraceComparison(
                "head.out", ours: outputs, trace: try trace.floats("head.out", [rows, 2 * channels]),
                tolerance: tolerance.layers)
        ]
    }

    /// `vae.latents` [B, C, h, w] -> `vae.image` [B, 1 or 3, H, W], before clamping.
    func compareImages() throws -> [TraceComparison] {
        let configuration = model.configuration
        let channels = configuration.latentChannels
        let latentShape = [nil, channels, grid.height, grid.width]
        let images = try trace.shape("vae.latents", latentShape)[0]
        let latents = try trace.floats("vae.latents", latentShape)
        let pixels = try trace.floats(
            "vae.image",
            [images, configuration.vae.outputChannels, configuration.imageHeight, configuration.imageWidth])
        let ours = (0..<images).flatMap { image in
            model.vae.decode(
                Self.channelsLast(Self.part(image, of: latents, images: images), channels: channels), on: backend)
        }
        let expected = (0..<images).flatMap { image in
            Self.channelsLast(
                Self.part(image, of: pixels, images: images), channels: configuration.vae.outputChannels)
        }
        return [TraceComparison("vae.image", ours: ours, trace: expected, tolerance: tolerance.image)]
    }
}
