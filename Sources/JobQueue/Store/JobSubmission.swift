package import Generation

/// What is handed to a store to become a job.
package struct JobSubmission: Sendable, Equatable {
    /// What makes a second sending of an owner's submission known as such.
    package struct Idempotency: Sendable, Equatable {
        package var key: String
        /// Of what the client sent: the same key of the same owner with another hash is refused.
        package var requestHash: SHA256Digest

        package init(key: String, requestHash: SHA256Digest) {
            self.key = key
            self.requestHash = requestHash
        }
    }

    package var request: GenerationRequest
    /// What the request costs.
    package var work: Work
    package var owner: JobOwner
    /// Of the HTTP request that brings it.
    package var requestID: String?
    /// Of the trace that the HTTP request is part of (W3C Trace Context); nil if it is part of none.
    package var traceParent: String?
    /// nil: always a new job.
    package var idempotency: Idempotency?

    package init(
        _ request: GenerationRequest, work: Work, owner: JobOwner = .anonymous, requestID: String? = nil,
        traceParent: String? = nil,
        idempotency: Idempotency? = nil
    ) {
        self.request = request
        self.work = work
        self.owner = owner
        self.requestID = requestID
        self.traceParent = traceParent
        self.idempotency = idempotency
    }
}

/// The job that a submission has made, or one that it made before.
package struct AcceptedJob: Sendable, Equatable {
    package let id: JobID
    /// false: the same submission made this job before.
    package let isNew: Bool

    package init(_ id: JobID, isNew: Bool) {
        self.id = id
        self.isNew = isNew
    }
}

/// What became of a submission.
package struct SubmittedJob: Sendable, Equatable {
    package let snapshot: JobSnapshot
    /// false: the same submission made this job before.
    package let isNew: Bool

    package init(_ snapshot: JobSnapshot, isNew: Bool) {
        self.snapshot = snapshot
        self.isNew = isNew
    }
}
