import FoundationEssentials
import Generation

extension InMemoryJobStore {
    func lookUp<Value>(_ id: JobID, _ read: (Record) -> Value?) -> Lookup<Value> {
        guard let record = records[id] else { return forgotten.contains(id) ? .forgotten : .unknown }
        return read(record).map { .found($0) } ?? .unknown
    }

    /// Forgets the oldest finished jobs while there are too many, or their images take too much memory.
    func forgetSurplus() {
        while finished.count > limits.retainedJobs
            || (retainedByteCount > limits.retainedByteCount && finished.count > 1)
        {
            forget(at: 0)
        }
    }

    func forgetAged(at now: Date) {
        let newestForgotten = now.addingTimeInterval(-limits.retainedAge.seconds)
        while let finishedAt = finished.first.flatMap({ records[$0]?.job.state.finishedAt }),
            finishedAt < newestForgotten
        {
            forget(at: 0)
        }
    }
}
