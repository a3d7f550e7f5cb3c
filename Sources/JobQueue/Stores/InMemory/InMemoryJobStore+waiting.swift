extension InMemoryJobStore {
    package func waitForWork(upTo duration: Duration) async {
        await wait(for: .work, upTo: duration)
    }

    package func waitUntilFinished(_ id: JobID, upTo duration: Duration) async -> Lookup<Job> {
        await wait(for: .finish(id), upTo: duration)
        return job(id)
    }

    /// Returns when the event has happened, after `duration`, or at once when the task is cancelled.
    private func wait(for event: Event, upTo duration: Duration) async {
        tidy()
        guard duration > .zero, !hasHappened(event) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: duration) }
            group.addTask { await self.suspend(until: event) }
            await group.next()
            group.cancelAll()
        }
    }

    private func suspend(until event: Event) async {
        let ticket = waiters.makeTicket()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // No suspension point lies between this check and the addition, so no wake-up is missed: one for a
                // cancellation has to wait for the actor.
                if Task.isCancelled || hasHappened(event) {
                    continuation.resume()
                } else {
                    waiters.add(ticket, for: event, continuation)
                }
            }
        } onCancel: {
            Task { await self.wake(ticket) }
        }
    }

    private func wake(_ ticket: Waiters<Event>.Ticket) {
        waiters.wake(ticket)
    }

    private func hasHappened(_ event: Event) -> Bool {
        switch event {
        case .work: hasWork
        case .finish(let id): records[id]?.job.state.isFinished ?? true
        }
    }
}
