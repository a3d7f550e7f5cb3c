package import FoundationEssentials
package import Generation

/// One request on its way through the service.
package struct Job: Sendable, Equatable, Identifiable {
    package let id: JobID
    package let request: GenerationRequest
    /// What the whole job costs.
    package let work: Work
    package let owner: JobOwner
    /// Of the HTTP request that brought it, for the log; nil if none did.
    package let requestID: String?
    /// Of the trace that the request is part of, for the log; nil if it is part of none.
    package let traceParent: String?
    package let createdAt: Date
    /// How often a worker has taken it. Together with the worker it says whose lease is the current one.
    package internal(set) var attempts: Int
    /// How many of those attempts were given back: they do not count against the job.
    package internal(set) var handBacks: Int
    /// The attempts that are over, oldest first; of very many the latest.
    package internal(set) var pastAttempts: [JobAttempt]
    /// Changed only by the transitions in `Job+transitions.swift`.
    package internal(set) var state: JobState

    package init(
        id: JobID = JobID(), request: GenerationRequest, work: Work, owner: JobOwner = .anonymous,
        requestID: String? = nil, traceParent: String? = nil, createdAt: Date, attempts: Int = 0, handBacks: Int = 0,
        pastAttempts: [JobAttempt] = [], state: JobState = .queued
    ) {
        self.id = id
        self.request = request
        self.work = work
        self.owner = owner
        self.requestID = requestID
        self.traceParent = traceParent
        self.createdAt = createdAt
        self.attempts = attempts
        self.handBacks = handBacks
        self.pastAttempts = pastAttempts
        self.state = state
    }

    /// When it expires if no worker takes it before; nil: never, or it was already taken once.
    package var expiresAt: Date? {
        guard attempts == 0, let deadline = request.deadline else { return nil }
        return createdAt.addingTimeInterval(deadline.seconds)
    }

    /// What is left to do, as far as the worker has told.
    package var remainingWork: Work {
        switch state {
        case .queued: work
        case .running(let run): work * (1 - (run.progress?.fraction ?? 0))
        case .completed, .failed, .cancelled, .expired: .zero
        }
    }
}
