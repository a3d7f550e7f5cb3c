import HTTPTypes
import JobQueue

/// Whether the store of jobs answers: asked once a second at most, however many want to know.
actor StoreProbe {
    private let queue: JobQueue
    private var latest: (asked: ContinuousClock.Instant, answer: Task<Void, any Error>)?

    init(_ queue: JobQueue) { self.queue = queue }

    /// - Throws: `Problem` of kind `storeUnavailable`.
    func require() async throws(Problem) {
        let now = ContinuousClock.now
        if latest.map({ now - $0.asked >= .seconds(1) }) ?? true {
            latest = (now, Task { [queue] in _ = try await queue.status() })
        }
        do {
            try await latest?.answer.value
        } catch {
            throw Problem(
                .storeUnavailable, "the store of jobs does not answer; what runs goes on", headers: [.retryAfter: "2"])
        }
    }
}
