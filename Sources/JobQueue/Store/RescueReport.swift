/// What a round of rescue changed.
package struct RescueReport: Sendable, Equatable {
    /// Jobs whose worker fell silent, queued again.
    package var requeued: [JobID] = []
    /// Jobs whose worker fell silent once too often.
    package var failed: [JobID] = []

    package init(requeued: [JobID] = [], failed: [JobID] = []) {
        self.requeued = requeued
        self.failed = failed
    }
}
