package import Compute
import Foundation
import Generation

/// What the machine gives at this moment, as the same backend and threads reach it: what results are compared with.
package struct MachineCeilings: Sendable, Equatable {
    /// GFLOP/s of a large linear layer.
    package let gflops: Double
    /// GB/s of reading memory that no cache holds.
    package let gigabytesPerSecond: Double
    /// nil where there is one thread.
    package let roundTripNanoseconds: Double?
}

extension MachineCeilings {
    /// Rows of the measured layer: about what the decoder has.
    private static let matmulRows = 512
    /// Several times the last-level cache of common machines.
    private static let readByteCount = 256 << 20
    private static let repetitions = 5
    /// A slow backend is not asked again after this.
    private static let patience = Duration.seconds(3)

    /// - Parameters:
    ///   - width: of the model; the layer has 4 x width inputs and outputs.
    ///   - engine: a backend of its own is made and left behind, so that no memory of it stays with the measured one.
    package static func measure(width: Int, engine: Engine, threads: Int) -> MachineCeilings {
        MachineCeilings(
            gflops: matmulSpeed(size: 4 * width, engine.makeBackend(threads: threads)),
            gigabytesPerSecond: readSpeed(threads: threads),
            roundTripNanoseconds: threads > 1 ? CoreRoundTrip.nanoseconds() : nil)
    }

    static func matmulSpeed(size: Int, _ backend: any Backend) -> Double {
        let weights = backend.makeLinear(
            weight: [Float](repeating: 0.01, count: size * size), bias: [Float](repeating: 0, count: size),
            inputs: size, outputs: size, at: .block)
        // Rows of an operand, which int8 has to quantise each time, as it does in a model.
        let input = backend.operand(
            backend.makeTensor(
                [Float](repeating: 0.5, count: matmulRows * size), images: 1, rows: matmulRows, columns: size))
        let fastest = fastest { _ = backend.linear(input, weights, as: .operand) }
        return 2 * Double(matmulRows * size * size) / fastest.seconds / 1e9
    }

    static func readSpeed(threads: Int) -> Double {
        // The threads only read, and only while `concurrentPerform` waits for them.
        nonisolated(unsafe) let memory = UnsafeMutableRawPointer.allocate(byteCount: readByteCount, alignment: 64)
        defer { memory.deallocate() }
        memset(memory, 1, readByteCount)
        let share = readByteCount / threads
        let fastest = fastest {
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                // Looks at every byte for one that is not there: nothing but reading.
                let found = memchr(memory + thread * share, 2, share)
                precondition(found == nil, "the memory holds ones only")
            }
        }
        return Double(share * threads) / fastest.seconds / 1e9
    }

    /// The shortest of several runs: neighbours on the machine only ever make one longer.
    private static func fastest(_ work: () -> Void) -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        var times: [Duration] = []
        while times.count < repetitions && (times.isEmpty || clock.now - start < patience) {
            times.append(clock.measure(work))
        }
        return times.reduce(times[0], min)
    }
}
