import Foundation

/// A respaced ancestral DDPM chain (arXiv 2006.11239; respacing and learned-range variance: arXiv 2102.09672), as the MAR
/// reference runs it: cosine betas over 1000 training steps, eps prediction, no clipping of x0.
package struct DiffusionSchedule: Sendable, Equatable {
    /// Training steps.
    package static let trainingSteps = 1000

    package struct Step: Sendable, Equatable {
        /// What the network is told, 0...999.
        package let timestep: Int
        /// x0 = fromNoisy * x - fromNoise * eps.
        package let fromNoisy: Float
        package let fromNoise: Float
        /// Posterior mean = ofPrediction * x0 + ofNoisy * x.
        package let ofPrediction: Float
        package let ofNoisy: Float
        /// log beta and log of the posterior variance: the range of the learned variance.
        package let highestLogVariance: Float
        package let lowestLogVariance: Float
        /// The last step adds no noise.
        package let isLast: Bool
    }

    /// In the order of execution: the noisiest first.
    package let steps: [Step]

    /// - Parameters:
    ///   - stepCount: T, 2...1000.
    ///   - timestepClip: c: every kept timestep becomes min(t, c), duplicates are merged (DiSA, arXiv 2505.20297).
    package init(stepCount: Int, timestepClip: Int?) {
        let timesteps = Self.timesteps(stepCount: stepCount, clip: timestepClip)
        let kept = timesteps.map { Self.alphaBars[$0] }
        let previous = [1.0] + kept.dropLast()
        let betas = zip(kept, previous).map { 1 - $0 / $1 }
        let variances = kept.indices.map { betas[$0] * (1 - previous[$0]) / (1 - kept[$0]) }
        steps = kept.indices.reversed().map { k in
            // The posterior variance of the last step is 0; that of the one before stands in for its logarithm.
            let lowest = k == 0 && kept.count > 1 ? variances[1] : variances[k]
            return Step(
                timestep: timesteps[k], fromNoisy: Float((1 / kept[k]).squareRoot()),
                fromNoise: Float((1 / kept[k] - 1).squareRoot()),
                ofPrediction: Float(betas[k] * previous[k].squareRoot() / (1 - kept[k])),
                ofNoisy: Float((1 - previous[k]) * (1 - betas[k]).squareRoot() / (1 - kept[k])),
                highestLogVariance: Float(log(betas[k])), lowestLogVariance: Float(log(lowest)), isLast: k == 0)
        }
    }

    /// Kept timesteps, ascending: t_k = round(k * 999/(T-1)), the stride accumulated in double precision, ties to even.
    package static func timesteps(stepCount: Int, clip: Int?) -> [Int] {
        precondition((2...trainingSteps).contains(stepCount), "2...1000 diffusion steps")
        let stride = Double(trainingSteps - 1) / Double(stepCount - 1)
        var (position, timesteps): (Double, [Int]) = (0, [])
        for _ in 0..<stepCount {
            let timestep = min(Int(position.rounded(.toNearestOrEven)), clip ?? trainingSteps - 1)
            if timestep != timesteps.last { timesteps.append(timestep) }
            position += stride
        }
        return timesteps
    }

    /// alpha-bar of each training step: cosine schedule, betas at most 0.999 (arXiv 2102.09672, equation 17).
    package static let alphaBars: [Double] = {
        let level = { (time: Double) in pow(cos((time + 0.008) / 1.008 * Double.pi / 2), 2) }
        var product = 1.0
        return (0..<trainingSteps).map { step in
            let (now, next) = (Double(step) / Double(trainingSteps), Double(step + 1) / Double(trainingSteps))
            product *= 1 - min(1 - level(next) / level(now), 0.999)
            return product
        }
    }()
}

extension DiffusionSchedule.Step {
    /// One ancestral step of one number: the definition, to which the denoising of every backend is held bit for bit.
    /// - Parameters:
    ///   - eps: predicted noise, guided.
    ///   - variance: the network's v; its range -1...1 spans the logarithms of the two variances.
    ///   - noise: standard normal.
    ///   - temperature: factor on the noise.
    package func advance(_ x: Float, eps: Float, variance: Float, noise: Float, temperature: Float) -> Float {
        let prediction = fromNoisy * x - fromNoise * eps
        let mean = ofPrediction * prediction + ofNoisy * x
        guard !isLast else { return mean }
        let share = (variance + 1) / 2
        let logVariance = share * highestLogVariance + (1 - share) * lowestLogVariance
        return mean + exp(logVariance / 2) * noise * temperature
    }
}
