package import Compute

/// What this machine is and gives, for whoever wonders why it is as fast as it is.
package struct MachineReport: Sendable {
    package struct Speed: Sendable {
        package let engine: Engine
        /// GFLOP/s of a large linear layer; of int8 10^9 operations on whole numbers.
        package let gflops: Double
    }

    package let processor: Processor
    /// Every engine of this processor but the oracle, the best last.
    package let speeds: [Speed]
    package let gigabytesPerSecond: Double
    /// nil where there is one core.
    package let roundTripNanoseconds: Double?

    /// - Parameter threads: of one worker.
    package static func measure(threads: Int) -> MachineReport {
        let engines = Engine.available.filter { $0.offer != .reference }
        return MachineReport(
            processor: .current,
            speeds: engines.map { engine in
                Speed(
                    engine: engine,
                    gflops: MachineCeilings.matmulSpeed(size: layerWidth, engine.makeBackend(threads: threads)))
            },
            gigabytesPerSecond: MachineCeilings.readSpeed(threads: threads),
            roundTripNanoseconds: threads > 1 ? CoreRoundTrip.nanoseconds() : nil)
    }

    /// Inputs and outputs of the measured layer.
    private static let layerWidth = 2048
}
