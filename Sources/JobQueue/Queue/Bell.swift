import Synchronization

/// Wakes one waiter. Ringing while nobody waits is remembered, ringing twice is ringing once: nothing piles up.
package final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            state.hasRung = state.sleeper == nil
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Returns when it has rung since the last time, after `limit`, or at once when the task is cancelled. It may return
    /// for no reason. One waiter at a time.
    func wait(upTo limit: Duration) async {
        guard limit > .zero, !Task.isCancelled else { return }
        let alarm = Task {
            if (try? await Task.sleep(for: limit)) != nil { ring() }
        }
        defer { alarm.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasRung = state.withLock { state in
                    precondition(state.sleeper == nil, "a bell has one waiter")
                    defer { state.hasRung = false }
                    if !state.hasRung { state.sleeper = continuation }
                    return state.hasRung
                }
                if hasRung { continuation.resume() }
            }
        } onCancel: {
            // Before the waiter sleeps, this is remembered.
            ring()
        }
    }
}
