/// What becomes of one job, as it happens: first what is there, then each change, last the end.
///
/// The reader sets the pace. What changes while it is busy is seen as one change, so nothing is stored for a slow one;
/// the last state is always seen.
package struct JobHistory: AsyncSequence {
    package typealias Element = Lookup<JobSnapshot>

    let queue: JobQueue
    let id: JobID

    package func makeAsyncIterator() -> Iterator { Iterator(queue, id) }

    package struct Iterator: AsyncIteratorProtocol {
        private let queue: JobQueue
        private let id: JobID
        private let subscription: NewsSubscription
        private var last: Element?

        init(_ queue: JobQueue, _ id: JobID) {
            self.queue = queue
            self.id = id
            subscription = queue.signals.subscribe(to: [.state(id), .progress(id), .line, .closing])
        }

        /// - Returns: nil after the end: the job is finished, is not there, or will never run; and when the task is
        ///   cancelled.
        /// - Throws: the store's errors.
        package mutating func next() async throws -> Element? {
            if let last, isEnd(last) { return nil }
            while !Task.isCancelled {
                let seen = try await queue.job(id)
                if isNew(seen) || isEnd(seen) {
                    last = seen
                    return seen
                }
                await subscription.wait(upTo: seen.value.map { queue.delay(for: $0.job) } ?? .zero)
            }
            return nil
        }

        private func isEnd(_ seen: Element) -> Bool {
            guard let job = seen.value?.job else { return true }
            return job.state.isFinished || queue.isAbandoned(job)
        }

        /// How busy the others are is no news of this job.
        private func isNew(_ seen: Element) -> Bool {
            seen.value?.job != last?.value?.job || seen.value?.place != last?.value?.place || last == nil
        }
    }
}

extension JobQueue {
    package func history(of id: JobID) -> JobHistory { JobHistory(queue: self, id: id) }
}
