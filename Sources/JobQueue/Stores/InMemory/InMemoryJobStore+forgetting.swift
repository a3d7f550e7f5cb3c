import FoundationEssentials
import Generation

extension InMemoryJobStore {
    func lookUp<Value>(_ id: JobID, _ read: (Record) -> Value?) -> Lookup<Value> {
        guard let record = records[id] else { return forgotten.contains(id) ? .forgotten : .unknown }
        return read(record).map { .found($0) } ?? .unknown
    }

    /// Memory is short: whatever is too much is forgotten in the verb that makes it so.
    package func forgetSurplus() { tidy() }

    func forgetSurplus(at now: Date) {
        while let end = finished.first.flatMap({ records[$0]?.job.state.finishedAt }),
            limits.isSurplus(endOfOldest: end, of: kept, at: now)
        {
            forget(at: 0)
        }
    }

    private var kept: KeptAmount { KeptAmount(jobs: finished.count, byteCount: retainedByteCount) }
}
