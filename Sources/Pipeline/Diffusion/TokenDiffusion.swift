import Compute
import MARModel
import Sampler
import Synchronization

/// Runs the diffusion chains of tokens: conditions in, latents out (arXiv 2406.11838, section 3.2).
///
/// Keeps the schedules and their time embeddings, so that each is made once.
final class TokenDiffusion {
    /// What holds for all chains of an autoregressive step.
    struct Step {
        /// z, [B, S n, D], the conditional half first.
        let conditions: Tensor
        /// g_s.
        let guidance: Double
        let numbers: SamplingNumbers
    }

    /// A schedule with the embedding of each of its timesteps.
    private struct Timetable {
        let steps: [DiffusionSchedule.Step]
        let times: [Tensor]
    }

    private struct TimetableKey: Hashable {
        let stepCount: Int
        let timestepClip: Int?
    }

    private let head: DiffusionHead
    private let backend: any Backend
    private let isSmall: Bool
    private var timetables: [TimetableKey: Timetable] = [:]

    /// - Parameter weights: how many numbers the head reads in one evaluation.
    init(head: DiffusionHead, weights: Int, backend: any Backend) {
        self.head = head
        self.backend = backend
        isSmall = weights * backend.precision.byteCount <= backend.thresholds.nearByteCount
    }

    /// - Parameters:
    ///   - chains: of every painting, [B][n]; all have as many of each length.
    ///   - onStep: called before each diffusion step, by one thread (of its own chains' steps, where threads take chains);
    ///     what it throws ends the work of all.
    /// - Returns: the chains at their end, [B][n], in some order.
    func run(_ chains: [[DiffusionChain]], _ step: Step, onStep: () throws -> Void) throws -> [[DiffusionChain]] {
        let bundles = Self.bundles(chains).map { ($0, timetable(of: $0, step.numbers)) }
        let wanted = min(chains[0].count, step.conditions.totalRows / backend.thresholds.smallestPart)
        let parts = isSmall ? min(backend.parallelParts, wanted) : 1
        let ended =
            parts > 1
            ? try inParallel(parts, bundles, step, onStep: onStep)
            : try bundles.map { try run($0, $1, step, on: backend, onStep: onStep) }
        return chains.indices.map { painting in ended.flatMap { $0[painting] } }
    }

    /// Every thread takes some of the chains, and has the whole head to itself.
    private func inParallel(
        _ parts: Int, _ bundles: [([[DiffusionChain]], Timetable)], _ step: Step, onStep: () throws -> Void
    ) throws -> [[[DiffusionChain]]] {
        let shares = (0..<parts).map { _ in Share() }
        let isOver = Atomic(false)
        backend.inParallel(parts: parts) { part, backend in
            do {
                for (index, (chains, timetable)) in bundles.enumerated() {
                    // What is left over in one bundle goes to the first part, in the next to the last.
                    let place = index.isMultiple(of: 2) ? part : parts - 1 - part
                    let share = chains.map { $0[$0.count * place / parts..<$0.count * (place + 1) / parts] }
                    guard !share[0].isEmpty else { continue }
                    shares[part].ended.append(
                        try run(share.map(Array.init), timetable, step, on: backend) {
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
        return shares.flatMap(\.ended)
    }

    /// What one part of the work leaves behind; only that part touches it.
    private final class Share {
        var ended: [[[DiffusionChain]]] = []
        var error: (any Error)?
    }

    /// Chains of one length, side by side: eps and v of all, then one step of each.
    private func run(
        _ chains: [[DiffusionChain]], _ timetable: Timetable, _ step: Step, on backend: any Backend,
        onStep: () throws -> Void
    ) rethrows -> [[DiffusionChain]] {
        let halves = step.numbers.halves
        let rows = Self.rows(of: chains, halves: halves, in: step.conditions)
        let z = backend.gather(step.conditions, rows: rows)  // [B, S n, D]
        let conditions = head.embed(conditions: z, on: backend)  // [B, S n, W]
        let x = backend.makeTensor(
            chains.flatMap { repeatElement($0.flatMap(\.x), count: halves).joined() }, images: chains.count,
            rows: conditions.rows, columns: head.latentChannels)  // [B, S n, C]
        let all = timetable.steps.indices
        let window = backend.thresholds.stepsPerReading(rows: conditions.totalRows)
        for start in stride(from: 0, to: all.count, by: window) {
            let steps = start..<min(start + window, all.count)
            let modulations = head.modulate(times: timetable.times[steps], conditions: conditions, on: backend)
            let noise = noise(of: chains, timetable.steps, steps, on: backend)  // [T B, n, C]
            for (index, modulation) in zip(steps, modulations) {
                try onStep()
                let prediction = head.evaluate(x, modulation, on: backend)  // [B, S n, 2 C]
                let first = (index - start) * chains.count
                let denoising = DenoisingStep(
                    timetable.steps[index], guidance: step.guidance, temperature: step.numbers.temperature)
                backend.denoise(
                    x, prediction: prediction, noise: noise.images(first..<first + chains.count),
                    steps: Array(repeating: denoising, count: rows.count / halves))
            }
        }
        return ended(chains, halves: halves, backend.read(x))
    }

    /// Rows of z that hold the chains' conditions, half after half. [B S n]
    private static func rows(of chains: [[DiffusionChain]], halves: Int, in z: Tensor) -> [Int] {
        let length = z.rows / halves
        return (0..<z.images * halves).flatMap { sequence in
            chains[sequence / halves].map { sequence * length + $0.conditionRow }
        }
    }

    /// Noise of some steps, [T B, n, C]; zeros for a chain's last step, which adds none.
    private func noise(
        of chains: [[DiffusionChain]], _ schedule: [DiffusionSchedule.Step], _ steps: Range<Int>,
        on backend: any Backend
    ) -> Tensor {
        let none = [Float](repeating: 0, count: head.latentChannels)
        var values: [Float] = []
        values.reserveCapacity(steps.count * chains.count * chains[0].count * head.latentChannels)
        for step in steps {
            for chain in chains.joined() {
                values += schedule[step].isLast ? none : chain.noise.step(token: chain.token, step: step)
            }
        }
        return backend.makeTensor(
            values, images: steps.count * chains.count, rows: chains[0].count, columns: head.latentChannels)
    }

    /// - Parameter x: [B, S n, C], the same in both halves.
    private func ended(_ chains: [[DiffusionChain]], halves: Int, _ x: [Float]) -> [[DiffusionChain]] {
        let (count, channels) = (chains[0].count, head.latentChannels)
        return chains.enumerated().map { painting, chains in
            chains.enumerated().map { index, chain in
                var chain = chain
                let start = (painting * halves * count + index) * channels
                chain.x = Array(x[start..<start + channels])
                return chain
            }
        }
    }

    /// The chains of one length, [B][n'], then those of the next.
    private static func bundles(_ chains: [[DiffusionChain]]) -> [[[DiffusionChain]]] {
        var lengths: [Int] = []
        for chain in chains[0] where !lengths.contains(chain.stepCount) { lengths.append(chain.stepCount) }
        return lengths.map { length in chains.map { $0.filter { $0.stepCount == length } } }
    }

    private func timetable(of bundle: [[DiffusionChain]], _ numbers: SamplingNumbers) -> Timetable {
        let key = TimetableKey(stepCount: bundle[0][0].stepCount, timestepClip: numbers.timestepClip)
        if let known = timetables[key] { return known }
        if timetables.count == backend.thresholds.keptSchedules { timetables.removeAll() }
        let steps = DiffusionSchedule(stepCount: key.stepCount, timestepClip: key.timestepClip).steps
        let timetable = Timetable(steps: steps, times: head.embed(timesteps: steps.map(\.timestep), on: backend))
        timetables[key] = timetable
        return timetable
    }
}
