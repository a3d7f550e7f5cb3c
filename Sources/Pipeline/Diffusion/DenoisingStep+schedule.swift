import Compute
import Sampler

extension DenoisingStep {
    /// - Parameters:
    ///   - step: of the schedule.
    ///   - guidance: g_s of the autoregressive step.
    init(_ step: DiffusionSchedule.Step, guidance: Double, temperature: Double) {
        self.init(
            fromNoisy: step.fromNoisy, fromNoise: step.fromNoise, ofPrediction: step.ofPrediction,
            ofNoisy: step.ofNoisy, highestLogVariance: step.highestLogVariance,
            lowestLogVariance: step.lowestLogVariance, guidance: Float(guidance), temperature: Float(temperature),
            addsNoise: !step.isLast)
    }
}
