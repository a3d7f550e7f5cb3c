package import FoundationEssentials
import Generation

/// One try at a job by one worker that is over, and how it ended.
package struct JobAttempt: Sendable, Equatable, Codable {
    package enum End: String, Sendable, Codable, CaseIterable {
        case completed
        /// The generator threw, or the service stopped.
        case failed
        case cancelled
        /// A shutdown gave the job back: it does not count.
        case handedBack = "handed_back"
        /// The worker fell silent.
        case lost
        /// The generator made no progress for too long.
        case timedOut = "timed_out"
    }

    /// From 1.
    package let number: Int
    package let worker: WorkerID
    package let startedAt: Date
    package let endedAt: Date
    package let end: End

    package init(number: Int, worker: WorkerID, startedAt: Date, endedAt: Date, end: End) {
        self.number = number
        self.worker = worker
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.end = end
    }

    /// Whether its worker did not come back with the job.
    var isLoss: Bool { end == .lost || end == .timedOut }
}

extension Job {
    /// Attempts that are kept of a job, the latest: hand-backs may make any number of them.
    static let keptAttempts = 16

    /// Why it failed: where that is the loss of its workers, with each of the attempts.
    package func detail(of failure: JobState.Failure) -> String {
        let losses = pastAttempts.filter(\.isLoss).map { attempt in
            "attempt \(attempt.number) of \(attempt.worker) \(attempt.end == .lost ? "was lost" : "made no progress")"
        }
        guard case .workerLost = failure.reason, !losses.isEmpty else { return failure.reason.description }
        return "\(failure.reason): " + losses.joined(separator: ", ")
    }

    /// What cannot be true of its attempts, as they were read back; nil if all can.
    var attemptFault: String? {
        if pastAttempts.count > min(attempts, Self.keptAttempts) {
            return "\(pastAttempts.count) attempts are over, of \(attempts)"
        }
        for attempt in pastAttempts {
            if !(1...attempts).contains(attempt.number) { return "attempt \(attempt.number) of \(attempts)" }
            if !attempt.startedAt.isPlausible || !attempt.endedAt.isPlausible {
                return "attempt \(attempt.number) with the time \(attempt.endedAt.timeIntervalSince1970)"
            }
        }
        return nil
    }
}
