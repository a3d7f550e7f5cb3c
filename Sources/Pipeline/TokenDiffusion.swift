import Compute
import MARModel
import Sampler
import Synchronization

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

    /// What became of a group, or of some of its tokens.
    struct Sample {
        /// Positions in the step's token lists. [B][n]
        let positions: [[Int]]
        /// [B][n * C]
        let latents: [[Float]]
    }

    /// Numbers that hold for all tokens of an autoregressive step.
    struct Settings {
        /// 1 without guidance, 2 with.
        let halves: Int
        /// g_s; used only if there are two halves.
        let guidance: Float
        let temperature: Float
        let timestepClip: Int?
    }

    private struct Chain {
        let schedule: DiffusionSchedule
        let times: [Tensor]
    }

    private struct ChainKey: Hashable {
        let stepCount: Int
        let timestepClip: Int?
    }

    /// Chains that are kept: those of every step of a few samplers.
    private static let keptChains = 256

    /// Rows for which a thread had rather read all of a small head's weights than wait for another after every layer.
    private static let smallestPart = 16
    /// Bytes of a head that is small: each core can keep it near.
    private static let smallHead = 4 << 20

    private let head: DiffusionHead
    private let backend: any Backend
    private let isSmall: Bool
    private var chains: [ChainKey: Chain] = [:]

    /// - Parameter weights: how many numbers the head reads in one evaluation.
    init(head: DiffusionHead, weights: Int, backend: any Backend) {
        self.head = head
        self.backend = backend
        isSmall = weights * backend.precision.byteCount <= Self.smallHead
    }

    /// - Parameters:
    ///   - groups: all tokens of an autoregressive step.
    ///   - z: conditions of the step's tokens, [B, halves * n, D], the conditional half first.
    ///   - tokens: the step's tokens. [B][n]
    ///   - onStep: called before each diffusion step, by one thread (of its own tokens' steps, where threads take tokens);
    ///     what it throws ends the work of all.
    func sample(
        _ groups: [Group], z: Tensor, tokens: [[Int]], _ settings: Settings, noise: [any NoiseSource],
        onStep: () throws -> Void
    ) throws -> [Sample] {
        let jobs = groups.map { group in
            (group, chain(ChainKey(stepCount: group.stepCount, timestepClip: settings.timestepClip)))
        }
        let parts = isSmall ? min(backend.parallelParts, tokens[0].count, z.totalRows / Self.smallestPart) : 1
        guard parts > 1 else {
            return try jobs.map { group, chain in
                try sample(group, chain, z: z, tokens: tokens, settings, noise: noise, on: backend, onStep: onStep)
            }
        }
        let shares = (0..<parts).map { _ in Share() }
        let isOver = Atomic(false)
        backend.inParallel(parts: parts) { part, backend in
            do {
                for (index, (group, chain)) in jobs.enumerated() {
                    // What is left over in one group goes to the first part, in the next to the last.
                    let share = group.share(index.isMultiple(of: 2) ? part : parts - 1 - part, of: parts)
                    guard !share.positions[0].isEmpty else { continue }
                    shares[part].samples.append(
                        try sample(share, chain, z: z, tokens: tokens, settings, noise: noise, on: backend) {
                            if part == 0 { try onStep() }
                            if isOver.load(ordering: .relaxed) { throw CancellationError() }
                        })
                }
            } catch {
                shares[part].error = error
                isOver.store(true, ordering: .relaxed)
            }
        }
        if let error = shares[0].error { throw error }
        return shares.flatMap(\.samples)
    }

    /// What one part of the work leaves behind; only that part touches it.
    private final class Share {
        var samples: [Sample] = []
        var error: (any Error)?
    }

    private func sample(
        _ group: Group, _ chain: Chain, z: Tensor, tokens: [[Int]], _ settings: Settings, noise: [any NoiseSource],
        on backend: any Backend, onStep: () throws -> Void
    ) rethrows -> Sample {
        let (images, halves) = (z.images, settings.halves)
        let (stepTokens, count) = (z.rows / halves, group.positions[0].count)
        let sources = (0..<images * halves).flatMap { sequence in
            group.positions[sequence / halves].map { sequence * stepTokens + $0 }
        }
        let conditions = head.embed(conditions: backend.gather(z, rows: sources), on: backend)  // [B, halves * n, W]

        let groupTokens = zip(tokens, group.positions).map { tokens, positions in positions.map { tokens[$0] } }
        var latents = zip(groupTokens, noise).map { tokens, noise in tokens.flatMap { noise.initial(token: $0) } }
        let window = DiffusionHead.stepsModulatedTogether(rows: conditions.totalRows)
        let steps = chain.schedule.steps
        for start in stride(from: 0, to: steps.count, by: window) {
            let indices = start..<min(start + window, steps.count)
            let modulations = head.modulate(times: chain.times[indices], conditions: conditions, on: backend)
            for (index, modulation) in zip(indices, modulations) {
                try onStep()
                let x = backend.makeTensor(
                    latents.flatMap { Array(repeatElement($0, count: halves).joined()) }, images: images,
                    rows: halves * count, columns: head.latentChannels)
                let prediction = backend.read(head.evaluate(x, modulation, on: backend))  // [B, halves * n, 2 C]
                for image in 0..<images {
                    let noises =
                        steps[index].isLast
                        ? [] : groupTokens[image].map { noise[image].step(token: $0, step: index) }
                    advance(
                        &latents[image], steps[index],
                        prediction: prediction[
                            (image * x.rows * 2 * x.columns)..<((image + 1) * x.rows * 2 * x.columns)],
                        noise: noises, settings)
                }
            }
        }
        return Sample(positions: group.positions, latents: latents)
    }

    /// One diffusion step of one image's tokens.
    /// - Parameters:
    ///   - latents: [n, C].
    ///   - prediction: eps and v, [halves * n, 2 C].
    ///   - noise: [n][C]; none in the last step.
    private func advance(
        _ latents: inout [Float], _ step: DiffusionSchedule.Step, prediction: ArraySlice<Float>, noise: [[Float]],
        _ settings: Settings
    ) {
        let channels = head.latentChannels
        let toUnconditional = (settings.halves - 1) * latents.count * 2
        for row in 0..<latents.count / channels {
            for channel in 0..<channels {
                let at = prediction.startIndex + row * 2 * channels + channel
                let (epsC, epsU) = (prediction[at], prediction[at + toUnconditional])
                let eps = settings.halves == 1 ? epsC : epsU + settings.guidance * (epsC - epsU)
                latents[row * channels + channel] = step.advance(
                    latents[row * channels + channel], eps: eps, variance: prediction[at + channels],
                    noise: noise.isEmpty ? 0 : noise[row][channel], temperature: settings.temperature)
            }
        }
    }

    private func chain(_ key: ChainKey) -> Chain {
        if let known = chains[key] { return known }
        if chains.count == Self.keptChains { chains.removeAll() }
        let schedule = DiffusionSchedule(stepCount: key.stepCount, timestepClip: key.timestepClip)
        let chain = Chain(
            schedule: schedule, times: head.embed(timesteps: schedule.steps.map(\.timestep), on: backend))
        chains[key] = chain
        return chain
    }
}

extension TokenDiffusion.Group {
    /// The tokens of one of several parts, as even as they can be; earlier parts have one less.
    fileprivate func share(_ part: Int, of parts: Int) -> Self {
        Self(
            positions: positions.map { Array($0[$0.count * part / parts..<$0.count * (part + 1) / parts]) },
            stepCount: stepCount)
    }
}
