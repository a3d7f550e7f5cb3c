/// Sizes at which one way of computing gives way to another, as a backend has them, and how much of it is worth keeping.
/// None of them changes a bit of any result. The values here are those of a processor.
package struct Thresholds: Sendable, Equatable {
    /// Rows for which reading a layer's weights costs less than multiplying with them.
    package var rowsPerReading = 96
    /// Bytes of weights that every core can keep near.
    package var nearByteCount = 4 << 20
    /// Rows for which a thread had rather read all of such weights than wait for another after every layer.
    package var smallestPart = 5
    /// Schedules whose time embeddings are kept: those of every step of a few samplers.
    package var keptSchedules = 256
    /// Rows of the class table whose conditions of the empty canvas are kept. For MAR-H one takes 1.3 MB.
    package var keptCanvases = 32

    package init() {}

    /// How many diffusion steps of this many rows should share one reading of the modulation's weights.
    package func stepsPerReading(rows: Int) -> Int { max(1, rowsPerReading / rows) }
}
