package import JSON

/// What a request may ask for. Listed for users in `docs/api.md`.
package struct APILimits: Sendable, Equatable {
    /// Images of one job.
    package var maximumCount: Int
    /// How long a reply may be held until the job is done.
    package var maximumWait: Duration
    /// Work of one job; nil: what `maximumCount` images of the costliest preset are on the model that is asked for.
    ///
    /// So everything that a preset and a count can say is admitted on every model that the operator chose to serve, and
    /// only numbers of steps far beyond all presets are not.
    package var maximumWork: Work?

    package init(maximumCount: Int = 16, maximumWait: Duration = .seconds(60), maximumWork: Work? = nil) {
        precondition(maximumCount >= 1 && maximumWait >= .zero)
        self.maximumWork = maximumWork
        self.maximumCount = maximumCount
        self.maximumWait = maximumWait
    }

    /// The seed of the last image of a job is in this range too.
    package static let seeds = 0...JSONValue.maximumInteger
    package static let guidance = 0.0...20.0
    package static let temperature = 0.0...2.0
    package static let priorities = -100...100
    /// One day.
    package static let deadlineMilliseconds = 1...86_400_000
}
