import Foundation

/// What one step of an ancestral diffusion chain does to a token: the numbers of its schedule, and those of the request.
///
/// x0 = fromNoisy x - fromNoise eps; the step's mean is ofPrediction x0 + ofNoisy x.
package struct DenoisingStep: Sendable, Equatable {
    package var fromNoisy: Float
    package var fromNoise: Float
    package var ofPrediction: Float
    package var ofNoisy: Float
    /// What the network's v = 1 and v = -1 stand for.
    package var highestLogVariance: Float
    package var lowestLogVariance: Float
    /// g: eps = eps_u + g (eps_c - eps_u); used only where there are two halves.
    package var guidance: Float
    /// Factor on the noise.
    package var temperature: Float
    /// The last step does not.
    package var addsNoise: Bool

    package init(
        fromNoisy: Float, fromNoise: Float, ofPrediction: Float, ofNoisy: Float, highestLogVariance: Float,
        lowestLogVariance: Float, guidance: Float, temperature: Float, addsNoise: Bool
    ) {
        self.fromNoisy = fromNoisy
        self.fromNoise = fromNoise
        self.ofPrediction = ofPrediction
        self.ofNoisy = ofNoisy
        self.highestLogVariance = highestLogVariance
        self.lowestLogVariance = lowestLogVariance
        self.guidance = guidance
        self.temperature = temperature
        self.addsNoise = addsNoise
    }

    /// One number of the token.
    ///
    /// In this order and without fused operations: an image's bytes are those of every other engine that joins rows.
    @inline(__always)
    func advance(_ x: Float, eps: Float, variance: Float, noise: Float) -> Float {
        let prediction = fromNoisy * x - fromNoise * eps
        let mean = ofPrediction * prediction + ofNoisy * x
        guard addsNoise else { return mean }
        let share = (variance + 1) / 2
        let logVariance = share * highestLogVariance + (1 - share) * lowestLogVariance
        return mean + exp(logVariance / 2) * noise * temperature
    }
}
