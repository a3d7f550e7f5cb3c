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
            forgetOldest()
        }
    }

    func forgetAged(at now: Date) {
        let newestForgotten = now.addingTimeInterval(-limits.retainedAge.seconds)
        while let finishedAt = finished.first.flatMap({ records[$0]?.job.state.finishedAt }),
            finishedAt < newestForgotten
        {
            forgetOldest()
        }
    }

    private func forgetOldest() {
        let id = finished.removeFirst()
        retainedByteCount -= records.removeValue(forKey: id)?.images.reduce(0) { $0 + $1.png.count } ?? 0
        forgotten.append(id)
    }
}
