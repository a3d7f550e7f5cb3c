package import Generation

/// What a listener hears of a job.
package enum JobEvent: Sendable, Equatable {
    /// The job is another, or stands elsewhere.
    case state(Lookup<JobSnapshot>)
    /// One of its images can be seen farther.
    case preview(ImagePreview)

    /// nil if there is no job, and for a preview.
    package var snapshot: JobSnapshot? {
        guard case .state(let lookup) = self else { return nil }
        return lookup.value
    }
}
