import FoundationEssentials
import Generation

/// Bounds of what a store keeps.
package struct StoreLimits: Sendable, Equatable {
    /// Jobs that may wait; running ones do not count. Where several processes share the store, jobs that are submitted at
    /// the same instant may exceed it by one per connection.
    package var queuedJobs: Int
    /// Finished jobs whose images are kept, at least 1.
    package var retainedJobs: Int
    /// Bytes of images that are kept; the newest finished job is kept whatever its size.
    package var retainedByteCount: Int
    /// Finished jobs older than this are forgotten.
    package var retainedAge: Duration
    /// Ids of forgotten jobs that are still told from ids that never were.
    package var forgottenIDs: Int

    package init(
        queuedJobs: Int = 64, retainedJobs: Int = 256, retainedByteCount: Int = 256 << 20,
        retainedAge: Duration = .seconds(3600), forgottenIDs: Int = 10_000
    ) {
        precondition(retainedJobs >= 1 && queuedJobs >= 0 && forgottenIDs >= 0)
        self.queuedJobs = queuedJobs
        self.retainedJobs = retainedJobs
        self.retainedByteCount = retainedByteCount
        self.retainedAge = retainedAge
        self.forgottenIDs = forgottenIDs
    }

    /// Whether the oldest finished job, which ended then, is to be forgotten.
    ///
    /// - Parameter kept: all finished jobs, with it.
    func isSurplus(endOfOldest: Date, of kept: KeptAmount, at now: Date) -> Bool {
        endOfOldest < now.addingTimeInterval(-retainedAge.seconds) || kept.jobs > retainedJobs
            || (kept.byteCount > retainedByteCount && kept.jobs > 1)
    }
}

/// How much a store keeps of finished jobs.
struct KeptAmount: Sendable, Equatable {
    var jobs = 0
    /// Of their images.
    var byteCount = 0

    static func += (a: inout KeptAmount, b: KeptAmount) {
        a.jobs += b.jobs
        a.byteCount += b.byteCount
    }

    static func -= (a: inout KeptAmount, b: KeptAmount) {
        a.jobs -= b.jobs
        a.byteCount -= b.byteCount
    }
}
