import Generation
import HTTPServer
import HTTPTypes
import JobQueue

/// Where a listener of a job's events is: `attempt.step`, or `attempt.end` after the last event.
struct EventID: Equatable, LosslessStringConvertible {
    private static let end = "end"

    let attempt: Int
    /// nil: the end.
    let step: Int?

    /// Where the job is now.
    init(_ job: Job) {
        attempt = job.attempts
        switch job.state {
        case .queued: step = 0
        case .running(let run): step = run.progress?.step ?? 0
        case .completed, .failed, .cancelled, .expired: step = nil
        }
    }

    /// nil unless the text has the form of an event id.
    init?(_ description: String) {
        let parts = description.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let attempt = Int(parts[0]), attempt >= 0 else { return nil }
        self.attempt = attempt
        if parts[1] == Self.end {
            step = nil
        } else {
            guard let step = Int(parts[1]), step >= 0 else { return nil }
            self.step = step
        }
    }

    /// What a client that comes back has seen (`Last-Event-ID`); nil if it says nothing, or nothing of ours.
    init?(_ request: Request) {
        guard let text = request.headers[.lastEventID], let id = Self(text) else { return nil }
        self = id
    }

    var description: String { "\(attempt)." + (step.map(String.init) ?? Self.end) }
}
