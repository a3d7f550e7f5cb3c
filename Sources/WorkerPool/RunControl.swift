import Generation
import Synchronization

/// What a generator's thread and the tasks around it tell each other about one run. Neither ever waits for the other.
final class RunControl: Sendable {
    enum StopReason {
        /// The job was cancelled, or is someone else's by now: nobody wants the result.
        case leaseLost
        case shutdown
    }

    private struct State {
        var progress: GenerationProgress?
        var stopReason: StopReason?
        var isOver = false
    }

    private let state = Mutex(State())
    /// Returns at once; nil where nobody wants previews.
    let show: (@Sendable (ImagePreview) -> Void)?

    init(show: (@Sendable (ImagePreview) -> Void)? = nil) {
        self.show = show
    }

    /// Called by the generator between steps.
    ///
    /// - Throws: `CancellationError` once the run is to stop.
    func report(_ progress: GenerationProgress) throws {
        try state.withLock { state in
            state.progress = progress
            if state.stopReason != nil { throw CancellationError() }
        }
    }

    /// Makes the next report throw. The first reason counts.
    func stop(because reason: StopReason) {
        state.withLock { $0.stopReason = $0.stopReason ?? reason }
    }

    /// The generator has returned. Called on its thread.
    func noteReturn() {
        state.withLock { $0.isOver = true }
    }

    var isOver: Bool { state.withLock { $0.isOver } }
    var progress: GenerationProgress? { state.withLock { $0.progress } }
    var stopReason: StopReason? { state.withLock { $0.stopReason } }
}
