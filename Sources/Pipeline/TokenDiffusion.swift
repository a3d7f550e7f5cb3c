import Compute
import MARModel
import Sampler

/// Runs the diffusion chains of tokens: conditions in, latents out (arXiv 2406.11838, section 3.2).
///
/// Keeps the schedules and their time embeddings, so that each is made once.
final class TokenDiffusion {
    /// Which tokens of an autoregressive step run together.
    struct Group {
        /// Positions in the step's token lists. [B][n]
        let positions: [[Int]]
        /// T.
        let stepCount: Int
    }

    private struct Chain {
        let schedule: DiffusionSchedule
        let times: [Tensor]
    }

    private let head: DiffusionHead
    private let backend: any Backend
    private let timestepClip: Int?
    private var chains: [Int: Chain] = [:]

    init(head: DiffusionHead, backend: any Backend, timestepClip: Int?) {
        self.head = head
        self.backend = backend
        self.timestepClip = timestepClip
    }

    /// - Parameters:
    ///   - z: conditions of the step's tokens, [B, halves * n, D], the conditional half first.
    ///   - tokens: the step's tokens. [B][n]
    ///   - guidance: g_s; used only if there are two halves.
    ///   - onStep: called before each diffusion step; what it throws ends the work.
    /// - Returns: latents of the group's tokens, [B][n_group * C].
    func sample(
        _ group: Group, z: Tensor, tokens: [[Int]], halves: Int, guidance: Float, temperature: Float,
        noise: [any NoiseSource], onStep: () throws -> Void
    ) rethrows -> [[Float]] {
        let (images, channels) = (z.images, head.latentChannels)
        let (stepTokens, count) = (z.rows / halves, group.positions[0].count)
        let chosen = backend.makeTensor(images: images, rows: halves * count, columns: z.columns)
        let sources = (0..<images * halves).flatMap { sequence in
            group.positions[sequence / halves].map { sequence * stepTokens + $0 }
        }
        backend.copyRows(z, from: sources, to: Array(0..<sources.count), into: chosen)
        let conditions = head.embed(conditions: chosen, on: backend)  // [B, halves * n, W]
        let x = backend.makeTensor(images: images, rows: halves * count, columns: channels)  // [B, halves * n, C]

        let chain = chain(steps: group.stepCount)
        let groupTokens = zip(tokens, group.positions).map { tokens, positions in positions.map { tokens[$0] } }
        var latents = zip(groupTokens, noise).map { tokens, noise in tokens.flatMap { noise.initial(token: $0) } }
        for (index, step) in chain.schedule.steps.enumerated() {
            try onStep()
            backend.write(latents.flatMap { Array(repeatElement($0, count: halves).joined()) }, to: x)
            let output = backend.read(
                head.evaluate(x, time: chain.times[index], conditions: conditions, on: backend))  // [B, halves * n, 2 C]
            for image in 0..<images {
                for (row, token) in groupTokens[image].enumerated() {
                    let stepNoise = step.isLast ? [] : noise[image].step(token: token, step: index)
                    let conditional = (image * halves * count + row) * 2 * channels
                    let unconditional = conditional + (halves - 1) * count * 2 * channels
                    for channel in 0..<channels {
                        let (epsC, epsU) = (output[conditional + channel], output[unconditional + channel])
                        let eps = halves == 1 ? epsC : epsU + guidance * (epsC - epsU)
                        latents[image][row * channels + channel] = step.advance(
                            latents[image][row * channels + channel], eps: eps,
                            variance: output[conditional + channels + channel],
                            noise: step.isLast ? 0 : stepNoise[channel], temperature: temperature)
                    }
                }
            }
        }
        return latents
    }

    private func chain(steps: Int) -> Chain {
        if let known = chains[steps] { return known }
        let schedule = DiffusionSchedule(stepCount: steps, timestepClip: timestepClip)
        let chain = Chain(
            schedule: schedule, times: head.embed(timesteps: schedule.steps.map(\.timestep), on: backend))
        chains[steps] = chain
        return chain
    }
}
