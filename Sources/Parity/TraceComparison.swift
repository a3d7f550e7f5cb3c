package import Compute
import Foundation

/// One tensor of a trace beside what we computed.
package struct TraceComparison: Sendable {
    package enum Difference: Sendable {
        /// - Parameters:
        ///   - maximum: largest |ours - trace|.
        ///   - relative: ||ours - trace|| / ||trace||.
        case numbers(maximum: Double, relative: Double)
        /// Of entries that have to be the same.
        case entries(different: Int, total: Int)
    }

    /// As the trace calls the tensor.
    package let name: String
    package let difference: Difference
    /// Highest relative error that passes; of entries, the highest share.
    package let tolerance: Double

    package var passes: Bool {
        switch difference {
        // Never true for an error that is no number.
        case .numbers(_, let relative): relative <= tolerance
        case .entries(let different, let total): Double(different) <= tolerance * Double(total)
        }
    }

    init(_ name: String, ours: [Float], trace: [Float], tolerance: Double) {
        precondition(ours.count == trace.count, "as many numbers on both sides")
        var (maximum, difference, norm) = (0.0, 0.0, 0.0)
        for (ours, trace) in zip(ours, trace) {
            let error = Double(ours) - Double(trace)
            // `max` would drop what is no number.
            maximum = error.isNaN || maximum.isNaN ? .nan : max(maximum, abs(error))
            difference += error * error
            norm += Double(trace) * Double(trace)
        }
        self.name = name
        // A trace of zeros has no relative error: then the absolute one has to do.
        self.difference = .numbers(
            maximum: maximum, relative: norm > 0 ? (difference / norm).squareRoot() : difference.squareRoot())
        self.tolerance = tolerance
    }

    init(_ name: String, different: Int, of total: Int, tolerance: Double) {
        self.name = name
        difference = .entries(different: different, total: total)
        self.tolerance = tolerance
    }
}

/// The highest relative errors that pass.
package struct TraceTolerance: Sendable, Equatable {
    /// Encoder, decoder, one evaluation of the head.
    package var layers: Double
    /// Latents of a whole generation.
    package var loops: Double
    /// Pixels.
    package var image: Double
    /// Share of the tokens picked for detail that may be others.
    package var picks: Double

    package init(layers: Double, loops: Double, image: Double, picks: Double) {
        self.layers = layers
        self.loops = loops
        self.image = image
        self.picks = picks
    }

    /// The reference's own fp32 differs from its fp64 by 3e-6 on a loop.
    package static let full = TraceTolerance(layers: 1e-5, loops: 1e-4, image: 1e-4, picks: 0)
    /// For weights or products in bf16 (8 bits of mantissa: 4e-3 per number). A token that is picked for detail in one
    /// and not in the other runs another chain, and near ties fall either way: picks are told, not judged.
    package static let reduced = TraceTolerance(layers: 3e-2, loops: 1e-1, image: 3e-2, picks: 1)
    /// For weights or products in int8 (7 bits, of the largest number of a row or column). The image decoder has none.
    package static let quantised = TraceTolerance(layers: 1e-1, loops: 3e-1, image: 3e-2, picks: 1)

    /// - Parameters:
    ///   - precision: of the engine.
    ///   - storedBits: of a weight in the model's file, the fewest.
    package static func of(_ precision: Precision, storedBits: Int = 32) -> TraceTolerance {
        switch min(8 * precision.byteCount, storedBits) {
        case ...8: quantised
        case ...16: reduced
        default: full
        }
    }
}
