import Foundation

/// All the noise of one image: a function of (token, diffusion step), never a running stream.
///
/// So a token gets the same noise whatever else is computed, in any order, batch or thread.
package protocol NoiseSource: Sendable {
    /// Where a token's diffusion chain starts, [C], standard normal.
    func initial(token: Int) -> [Float]
    /// Noise of the token's k-th executed diffusion step (0: the noisiest), [C], standard normal.
    func step(token: Int, step: Int) -> [Float]
    /// By which `DetailSelection.random` picks the token, 0 ..< 1, uniform.
    func selectionScore(token: Int) -> Double
}

/// What a random number is for: the first word of its counter, so that no two uses share a number.
enum RandomPurpose: UInt32 {
    case initialNoise = 0
    case stepNoise = 1
    case tokenOrder = 2
    case detailSelection = 3
}

/// Noise from Philox 4x32-10, keyed with the image's seed; counter = (purpose, token, step, block of four channels).
package struct PhiloxNoise: NoiseSource {
    private let philox: Philox
    private let channels: Int

    /// - Parameter channels: C, numbers per token.
    package init(seed: UInt64, channels: Int) {
        philox = Philox(key: seed)
        self.channels = channels
    }

    package func initial(token: Int) -> [Float] {
        normals(.initialNoise, token: token, step: 0)
    }

    package func step(token: Int, step: Int) -> [Float] {
        normals(.stepNoise, token: token, step: step)
    }

    /// The upper 53 bits of the 64-bit number at counter (selection, token, 0, 0).
    package func selectionScore(token: Int) -> Double {
        let words = philox.words(at: .init(RandomPurpose.detailSelection.rawValue, UInt32(token), 0, 0))
        return Double((UInt64(words.y) << 32 | UInt64(words.x)) >> 11) * 0x1p-53
    }

    /// Box-Muller in double precision: words (0, 1) give channels 0 and 1 of a block, words (2, 3) channels 2 and 3.
    private func normals(_ purpose: RandomPurpose, token: Int, step: Int) -> [Float] {
        var normals: [Float] = []
        normals.reserveCapacity(channels + 3)
        for block in 0..<(channels + 3) / 4 {
            let words = philox.words(
                at: .init(purpose.rawValue, UInt32(token), UInt32(step), UInt32(block)))
            for pair in 0..<2 {
                // The half keeps the uniform numbers strictly between 0 and 1.
                let radius = (-2 * log((Double(words[2 * pair]) + 0.5) * 0x1p-32)).squareRoot()
                let angle = 2 * Double.pi * (Double(words[2 * pair + 1]) + 0.5) * 0x1p-32
                normals.append(Float(radius * cos(angle)))
                normals.append(Float(radius * sin(angle)))
            }
        }
        return Array(normals.prefix(channels))
    }
}

/// Noise that was recorded, for replaying a trace of another implementation.
package struct RecordedNoise: NoiseSource {
    private let initialValues: [Float]
    private let stepValues: [Float]
    private let steps: Int
    private let channels: Int

    /// - Parameters:
    ///   - initial: [L, C].
    ///   - steps: [L, T, C].
    ///   - stepCount: T, the most steps that a token can have.
    ///   - channels: C.
    package init(initial: [Float], steps: [Float], stepCount: Int, channels: Int) {
        precondition(steps.count == initial.count * stepCount, "one value per token, step and channel")
        initialValues = initial
        stepValues = steps
        self.steps = stepCount
        self.channels = channels
    }

    package func initial(token: Int) -> [Float] {
        Array(initialValues[token * channels..<(token + 1) * channels])
    }

    package func step(token: Int, step: Int) -> [Float] {
        let start = (token * steps + step) * channels
        return Array(stepValues[start..<start + channels])
    }

    package func selectionScore(token: Int) -> Double {
        preconditionFailure("no trace records a random selection")
    }
}
