/// What a store refuses.
package enum JobStoreError: Error, Equatable, CustomStringConvertible {
    case queueFull(limit: Int)
    /// The key was used before, for a request that was another one.
    case idempotencyConflict(key: String, job: JobID)
    /// The job is finished, forgotten, or someone else's by now.
    case leaseLost(JobLease)
    /// The database is away, for now, or where images lie. The text says why, for the log.
    case unavailable(String)
    /// The disk of the database is full.
    case storageFull(String)

    package var description: String {
        switch self {
        case .queueFull(let limit): "the queue is full (\(limit) jobs)"
        case .idempotencyConflict(let key, let job):
            "the key \"\(key.prefix(100))\" belongs to another request, of \(job)"
        case .leaseLost(let lease): "attempt \(lease.attempt) of \(lease.worker) at \(lease.job) no longer counts"
        case .unavailable(let reason): "the store is not available: \(reason)"
        case .storageFull(let reason): "the database has no room: \(reason)"
        }
    }
}
