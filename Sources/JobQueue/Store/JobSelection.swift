/// Which jobs of a list are wanted.
package struct JobSelection: Sendable, Equatable {
    /// nil: all.
    package var statuses: Set<JobState.Status>?
    /// nil: everybody's.
    package var owner: String?
    /// Only jobs older than this; nil: from the newest.
    package var cursor: JobCursor?
    /// At least 1.
    package var limit: Int

    package init(
        statuses: Set<JobState.Status>? = nil, owner: String? = nil, after cursor: JobCursor? = nil, limit: Int = 50
    ) {
        precondition(limit >= 1)
        self.statuses = statuses
        self.owner = owner
        self.cursor = cursor
        self.limit = limit
    }
}

/// A piece of a list of jobs.
package struct JobPage: Sendable, Equatable {
    /// Newest first.
    package var jobs: [JobSnapshot]
    /// Where the list goes on; nil at its end.
    package var next: JobCursor?

    package init(jobs: [JobSnapshot], next: JobCursor?) {
        self.jobs = jobs
        self.next = next
    }
}

/// A place between two jobs of a list. It stays right while jobs come and go.
package struct JobCursor: Sendable, Hashable, LosslessStringConvertible {
    /// Order of submission of the job before it.
    let sequence: Int

    init(sequence: Int) { self.sequence = sequence }

    /// nil unless the text has the form of a cursor.
    package init?(_ description: String) {
        guard let sequence = Int(description), sequence > 0, String(sequence) == description else { return nil }
        self.init(sequence: sequence)
    }

    package var description: String { String(sequence) }
}
