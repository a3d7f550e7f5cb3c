import FoundationEssentials
import Generation

/// What becomes of one job, as it happens: first what is there, then each change and each preview, last the end.
///
/// The reader sets the pace. What changes while it is busy is seen as one change, so nothing is stored for a slow one;
/// the last state is always seen.
package struct JobHistory: AsyncSequence {
    package typealias Element = JobEvent

    let queue: JobQueue
    let id: JobID

    package func makeAsyncIterator() -> Iterator { Iterator(queue, id) }

    package struct Iterator: AsyncIteratorProtocol {
        private let queue: JobQueue
        private let id: JobID
        private let subscription: NewsSubscription
        private var last: Lookup<JobSnapshot>?
        /// Whether the end was handed out.
        private var isOver = false
        /// Those that are to be handed out, newest first.
        private var previews: [ImagePreview] = []
        /// How far each image was when it was last seen, in the attempt that was running.
        private var previewSteps: [Int: Int] = [:]
        private var attempt = 0

        init(_ queue: JobQueue, _ id: JobID) {
            self.queue = queue
            self.id = id
            subscription = queue.signals.subscribe(
                to: [.state(id), .progress(id), .preview(id), .sharedPreview(id), .line, .closing])
        }

        /// - Returns: nil after the end: the job is finished, is not there, or will not run in this process; and when the
        ///   task is cancelled.
        /// - Throws: the store's errors.
        package mutating func next() async throws -> Element? {
            while !isOver, !Task.isCancelled {
                if let preview = previews.popLast() { return .preview(preview) }
                let seen = try await queue.job(id)
                await takePreviews(of: seen)
                isOver = isEnd(seen)
                if isNew(seen) || isOver {
                    last = seen
                    return .state(seen)
                }
                if !previews.isEmpty { continue }
                await subscription.wait(upTo: seen.value.map { queue.delay(for: $0.job) } ?? .zero)
            }
            return nil
        }

        /// A job that is over has images, and no previews.
        private mutating func takePreviews(of seen: Lookup<JobSnapshot>) async {
            guard let job = seen.value?.job, case .running = job.state else { return previews = [] }
            if job.attempts != attempt { (attempt, previewSteps) = (job.attempts, [:]) }
            let newest = await queue.previews(of: job, after: previewSteps.values.max())
            previews = newest.filter { previewSteps[$0.index] != $0.step }.reversed()
            for preview in previews { previewSteps[preview.index] = preview.step }
        }

        private func isEnd(_ seen: Lookup<JobSnapshot>) -> Bool {
            guard let job = seen.value?.job else { return true }
            return job.state.isFinished || (queue.isClosed && job.state == .queued)
        }

        /// How busy the others are is no news of this job, nor is another sign of life of its worker.
        private func isNew(_ seen: Lookup<JobSnapshot>) -> Bool {
            guard let last else { return true }
            return seen.value?.job.withoutLease != last.value?.job.withoutLease
                || seen.value?.place != last.value?.place
        }
    }
}

extension JobQueue {
    package func history(of id: JobID) -> JobHistory { JobHistory(queue: self, id: id) }
}

extension Job {
    /// The same for every end of its lease.
    fileprivate var withoutLease: Job {
        guard case .running(var run) = state else { return self }
        var job = self
        run.leaseExpiresAt = .distantPast
        job.state = .running(run)
        return job
    }
}
