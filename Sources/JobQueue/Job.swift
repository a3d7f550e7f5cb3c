package import FoundationEssentials
package import Generation

/// One request on its way through the service.
package struct Job: Sendable, Equatable, Identifiable {
    package let id: JobID
    package let request: GenerationRequest
    package let createdAt: Date
    /// How often a worker has taken it. Together with the worker it says whose lease is the current one.
    package internal(set) var attempts: Int
    /// Changed only by the transitions in `Job+transitions.swift`.
    package internal(set) var state: JobState

    package init(
        id: JobID = JobID(), request: GenerationRequest, createdAt: Date, attempts: Int = 0, state: JobState = .queued
    ) {
        self.id = id
        self.request = request
        self.createdAt = createdAt
        self.attempts = attempts
        self.state = state
    }

    /// When it expires if no worker takes it before; nil: never, or it was already taken once.
    package var expiresAt: Date? {
        guard attempts == 0, let deadline = request.deadline else { return nil }
        return createdAt.addingTimeInterval(deadline.seconds)
    }
}
