package import FoundationEssentials
package import Generation

/// Where a job is in its life. The diagram and every transition: `docs/job-states.md`.
///
/// What is only known in one state is that state's payload, so a running job without a lease or a completed one
/// without images cannot be written.
package enum JobState: Sendable, Equatable, Codable {
    case queued
    case running(Run)
    case completed(Completion)
    case failed(Failure)
    /// - Parameter startedAt: nil if it was cancelled while it was queued.
    case cancelled(startedAt: Date?, at: Date)
    /// It did not start within its deadline.
    case expired(at: Date)

    package struct Run: Sendable, Equatable, Codable {
        package var worker: WorkerID
        package var startedAt: Date
        /// After this the worker counts as lost.
        package var leaseExpiresAt: Date
        /// nil until the worker first reports.
        package var progress: GenerationProgress?
    }

    package struct Completion: Sendable, Equatable, Codable {
        package var startedAt: Date
        package var finishedAt: Date
        package var images: [ImageFacts]
        package var stages: [StageTiming]
        /// From the start of the generation to its end, by the worker's monotonic clock.
        package var total: Duration
    }

    package struct Failure: Sendable, Equatable, Codable {
        package var startedAt: Date
        package var finishedAt: Date
        package var reason: FailureReason
    }
}

extension JobState {
    package enum Status: String, Sendable, CaseIterable {
        case queued, running, completed, failed, cancelled, expired
    }

    package var status: Status {
        switch self {
        case .queued: .queued
        case .running: .running
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        case .expired: .expired
        }
    }

    package var isFinished: Bool { finishedAt != nil }

    /// When the (last) worker took it; nil if none ever did.
    package var startedAt: Date? {
        switch self {
        case .queued, .expired: nil
        case .running(let run): run.startedAt
        case .completed(let completion): completion.startedAt
        case .failed(let failure): failure.startedAt
        case .cancelled(let startedAt, _): startedAt
        }
    }

    /// When it reached a state that it cannot leave; nil before.
    package var finishedAt: Date? {
        switch self {
        case .queued, .running: nil
        case .completed(let completion): completion.finishedAt
        case .failed(let failure): failure.finishedAt
        case .cancelled(_, let at), .expired(let at): at
        }
    }
}
