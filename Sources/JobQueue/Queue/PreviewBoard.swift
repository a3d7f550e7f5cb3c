package import Generation
import Synchronization

/// The newest preview of each image of the jobs that this process runs.
///
/// Previews are no facts: they may vanish, and no store keeps them. Only the run that shows one can have it taken down,
/// and every run ends with that, so nothing is left behind.
final class PreviewBoard: Sendable {
    private struct Entry {
        let lease: JobLease
        var previews: [Int: ImagePreview] = [:]
    }

    private let entries = Mutex<[JobID: Entry]>([:])

    /// Makes room for what a run will show: from now on its job is known to run here.
    func open(_ lease: JobLease) {
        entries.withLock { entries in
            if let known = entries[lease.job], known.lease.attempt >= lease.attempt { return }
            entries[lease.job] = Entry(lease: lease)
        }
    }

    /// - Returns: false, and nothing changes, if a later attempt shows its own.
    func put(_ preview: ImagePreview, of lease: JobLease) -> Bool {
        entries.withLock { entries in
            let known = entries[lease.job]
            if let known, known.lease.attempt > lease.attempt { return false }
            var entry = known.flatMap { $0.lease == lease ? $0 : nil } ?? Entry(lease: lease)
            entry.previews[preview.index] = preview
            entries[lease.job] = entry
            return true
        }
    }

    func previews(of id: JobID) -> [ImagePreview] {
        entries.withLock { $0[id]?.previews.values.sorted { $0.index < $1.index } ?? [] }
    }

    /// The runs that there are.
    var leases: Set<JobLease> { entries.withLock { Set($0.values.map(\.lease)) } }

    func shows(_ id: JobID) -> Bool { entries.withLock { $0[id] != nil } }

    /// What a run shows beyond a step, the oldest first; nil: all.
    func previews(of lease: JobLease, after step: Int?) -> [ImagePreview] {
        entries.withLock { entries in
            guard let entry = entries[lease.job], entry.lease == lease else { return [] }
            return entry.previews.values.filter { $0.step > step ?? .min }.sorted { $0.step < $1.step }
        }
    }

    func drop(_ lease: JobLease) {
        entries.withLock { entries in
            if entries[lease.job]?.lease == lease { entries[lease.job] = nil }
        }
    }
}
