package import Generation

/// What is handed to a store to become a job.
package struct JobSubmission: Sendable, Equatable {
    /// What makes a second sending of a submission known as such.
    package struct Identity: Sendable, Hashable {
        /// Whose key it is: different clients may choose the same.
        package var owner: String
        package var key: String

        package init(owner: String, key: String) {
            self.owner = owner
            self.key = key
        }
    }

    package struct Idempotency: Sendable, Equatable {
        package var identity: Identity
        /// Of what the client sent: the same identity with another hash is refused.
        package var requestHash: SHA256Digest

        package init(_ identity: Identity, requestHash: SHA256Digest) {
            self.identity = identity
            self.requestHash = requestHash
        }
    }

    package var request: GenerationRequest
    /// What the request costs.
    package var work: Work
    /// Of the HTTP request that brings it.
    package var requestID: String?
    /// Of the trace that the HTTP request is part of (W3C Trace Context); nil if it is part of none.
    package var traceParent: String?
    /// nil: always a new job.
    package var idempotency: Idempotency?

    package init(
        _ request: GenerationRequest, work: Work, requestID: String? = nil, traceParent: String? = nil,
        idempotency: Idempotency? = nil
    ) {
        self.request = request
        self.work = work
        self.requestID = requestID
        self.traceParent = traceParent
        self.idempotency = idempotency
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
