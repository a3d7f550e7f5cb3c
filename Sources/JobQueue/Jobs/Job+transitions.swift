package import FoundationEssentials
package import Generation

/// Every way from one state to the next, shared by all stores. The diagram: `docs/job-states.md`.
extension Job {
    /// queued -> running.
    ///
    /// - Returns: nil, and nothing changes, unless the job is queued.
    package mutating func start(by worker: WorkerID, at now: Date, for duration: Duration) -> JobLease? {
        guard case .queued = state else { return nil }
        attempts += 1
        state = .running(
            .init(
                worker: worker, startedAt: now, leaseExpiresAt: now.addingTimeInterval(duration.seconds),
                progress: nil))
        return JobLease(job: id, worker: worker, attempt: attempts)
    }

    /// running -> running, with a later end of the lease and, unless nil, newer progress.
    ///
    /// - Throws: `leaseLost`.
    package mutating func renew(
        _ lease: JobLease, at now: Date, for duration: Duration, progress: GenerationProgress?
    ) throws(JobStoreError) {
        var run = try run(under: lease)
        run.leaseExpiresAt = now.addingTimeInterval(duration.seconds)
        if let progress { run.progress = progress }
        state = .running(run)
    }

    /// running -> completed.
    ///
    /// - Throws: `leaseLost`.
    package mutating func complete(_ lease: JobLease, with work: FinishedWork, at now: Date) throws(JobStoreError) {
        let run = try run(under: lease)
        end(run, .completed, at: now)
        state = .completed(
            .init(
                startedAt: run.startedAt, finishedAt: now, images: work.images.map(\.facts), stages: work.stages,
                total: work.total))
    }

    /// running -> failed.
    ///
    /// - Throws: `leaseLost`.
    package mutating func fail(_ lease: JobLease, because reason: FailureReason, at now: Date) throws(JobStoreError) {
        let run = try run(under: lease)
        end(run, .failed, at: now)
        state = .failed(.init(startedAt: run.startedAt, finishedAt: now, reason: reason))
    }

    /// running -> queued, at its old place, and the attempt does not count.
    ///
    /// - Throws: `leaseLost`.
    package mutating func handBack(_ lease: JobLease, at now: Date) throws(JobStoreError) {
        let run = try run(under: lease)
        end(run, .handedBack, at: now)
        handBacks += 1
        state = .queued
    }

    /// running -> queued since its generator hangs, or -> failed if that was the last attempt it had.
    ///
    /// - Throws: `leaseLost`.
    package mutating func giveUp(_ lease: JobLease, at now: Date, attemptLimit: Int) throws(JobStoreError) {
        let run = try run(under: lease)
        end(run, .timedOut, at: now)
        tryAgain(after: run, at: now, attemptLimit: attemptLimit)
    }

    /// queued or running -> cancelled.
    ///
    /// - Returns: false, and nothing changes, if the job is finished.
    package mutating func cancel(at now: Date) -> Bool {
        guard !state.isFinished else { return false }
        if case .running(let run) = state { end(run, .cancelled, at: now) }
        state = .cancelled(startedAt: state.startedAt, at: now)
        return true
    }

    /// queued -> expired.
    ///
    /// - Returns: false, and nothing changes, unless the job is queued and overdue.
    package mutating func expire(at now: Date) -> Bool {
        guard case .queued = state, let expiresAt, expiresAt <= now else { return false }
        state = .expired(at: now)
        return true
    }

    /// running -> queued if its worker fell silent, or -> failed if that was the last attempt it had.
    ///
    /// - Returns: false, and nothing changes, unless the job's lease has expired.
    package mutating func rescue(at now: Date, attemptLimit: Int) -> Bool {
        guard case .running(let run) = state, run.leaseExpiresAt <= now else { return false }
        end(run, .lost, at: now)
        tryAgain(after: run, at: now, attemptLimit: attemptLimit)
        return true
    }

    private mutating func tryAgain(after run: JobState.Run, at now: Date, attemptLimit: Int) {
        let losses = attempts - handBacks
        state =
            losses < attemptLimit
            ? .queued
            : .failed(.init(startedAt: run.startedAt, finishedAt: now, reason: .workerLost(attempts: losses)))
    }

    /// Notes how the present attempt ended.
    private mutating func end(_ run: JobState.Run, _ end: JobAttempt.End, at now: Date) {
        pastAttempts.append(
            JobAttempt(number: attempts, worker: run.worker, startedAt: run.startedAt, endedAt: now, end: end))
        pastAttempts.removeFirst(max(0, pastAttempts.count - Self.keptAttempts))
    }

    private func run(under lease: JobLease) throws(JobStoreError) -> JobState.Run {
        guard
            case .running(let run) = state, lease.job == id, lease.worker == run.worker, lease.attempt == attempts
        else { throw .leaseLost(lease) }
        return run
    }
}
