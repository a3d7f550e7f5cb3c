package import Generation

/// Where processes that share a store show each other the images that they paint.
///
/// Previews are no facts: what is lost of them is a look. So nothing waits for an exchange that is slow or away.
package protocol PreviewExchange: Sendable {
    /// Says that somebody looks at a job, for a while; who goes on looking goes on saying so.
    ///
    /// - Returns: whether it had to be said: false if this process said so a moment ago.
    func want(_ id: JobID) async throws -> Bool

    /// - Returns: those of the jobs that somebody looks at.
    func wanted(among ids: Set<JobID>) async throws -> Set<JobID>

    /// Shows images in place of the older ones of the same job and number.
    func put(_ previews: [ImagePreview], of lease: JobLease) async throws

    /// The newest of each image, the oldest of them first.
    ///
    /// - Parameters:
    ///   - attempt: those of others do not count.
    ///   - step: only later ones; nil: all.
    func previews(of id: JobID, attempt: Int, after step: Int?) async throws -> [ImagePreview]

    /// Ends the showing of a run.
    func drop(_ lease: JobLease) async throws

    /// Ends the showing of all runs that are over, whoever left them behind.
    func sweep() async throws
}
