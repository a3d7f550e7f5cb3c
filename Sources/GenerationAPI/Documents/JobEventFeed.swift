import JobQueue

/// The events of one job for one listener, from where it stands to its end.
struct JobEventFeed: AsyncSequence {
    let queue: JobQueue
    let id: JobID
    /// What the listener has seen before it came back; nil: nothing.
    let lastSeen: EventID?

    func makeAsyncIterator() -> Iterator {
        Iterator(queue: queue, id: id, lastSeen: lastSeen, history: queue.history(of: id).makeAsyncIterator())
    }

    struct Iterator: AsyncIteratorProtocol {
        let queue: JobQueue
        let id: JobID
        let lastSeen: EventID?
        var history: JobHistory.Iterator

        /// - Returns: nil after the event that is the last; and when the task is cancelled.
        /// - Throws: the store's errors.
        mutating func next() async throws -> ServerSentEvent? {
            while let news = try await history.next() {
                switch news {
                case .preview(let preview): return ServerSentEvent(preview)
                case .state(.found(let snapshot)): if let event = event(of: snapshot) { return event }
                case .state(.forgotten), .state(.unknown): return ServerSentEvent(gone: id)
                }
            }
            return nil
        }

        /// nil for what the listener knows.
        private func event(of snapshot: JobSnapshot) -> ServerSentEvent? {
            let job = snapshot.job
            if job.state.isFinished { return ServerSentEvent(finished: snapshot) }
            if queue.isClosed, job.state == .queued { return ServerSentEvent(stoppingBefore: snapshot) }
            // The place of a queued job may be another one under the same id.
            if job.state != .queued, EventID(job) == lastSeen { return nil }
            return ServerSentEvent(unfinished: snapshot)
        }
    }
}
