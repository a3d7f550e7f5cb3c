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

    func drop(_ lease: JobLease) {
        entries.withLock { entries in
            if entries[lease.job]?.lease == lease { entries[lease.job] = nil }
        }
    }
}

extension JobQueue {
    /// Shows an image of a running job to who listens. Returns at once.
    package func show(_ preview: ImagePreview, of lease: JobLease) {
        if previews.put(preview, of: lease) { signals.publish(.preview(lease.job)) }
    }

    /// Ends the showing. Every run that may have shown something ends with this.
    package func dropPreviews(of lease: JobLease) { previews.drop(lease) }

    /// The newest of each image, by their index; empty if the job runs elsewhere, or not at all.
    package func previews(of id: JobID) -> [ImagePreview] { previews.previews(of: id) }
}
