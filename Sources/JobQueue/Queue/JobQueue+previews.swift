package import Generation

extension JobQueue {
    /// Shows an image of a running job to who listens. Returns at once.
    package func show(_ preview: ImagePreview, of lease: JobLease) {
        guard board.put(preview, of: lease) else { return }
        signals.publish(.preview(lease.job))
        signals.publish(.board)
    }

    /// Ends the showing. Every run that may have shown something ends with this.
    package func dropPreviews(of lease: JobLease) {
        board.drop(lease)
        signals.publish(.board)
    }

    /// The newest of each image, by their index; empty if the job runs elsewhere, or not at all.
    package func previews(of id: JobID) -> [ImagePreview] { board.previews(of: id) }

    /// Shows other processes what this one paints, where they look, until the task is cancelled.
    ///
    /// One step at a time, beside the workers: an exchange that is slow makes previews rare, and what it has not taken
    /// gives way to what is newer.
    package func sharePreviews() async {
        guard let exchange else { return }
        let subscription = signals.subscribe(to: [.board, .wish])
        var sharing = PreviewSharing()
        while !Task.isCancelled {
            await subscription.wait(upTo: rereadDelay)
            // What fails is tried again with the next preview, or the next look.
            for id in (try? await sharing.share(board, through: exchange)) ?? [] {
                signals.publish(.sharedPreview(id))
            }
        }
    }

    /// The newest of each image of a running job, wherever it runs.
    ///
    /// - Parameter step: the last one that was seen of this attempt; nil: none was. Older ones may be left out.
    func previews(of job: Job, after step: Int?) async -> [ImagePreview] {
        guard let exchange, job.request.previews, !board.shows(job.id) else { return previews(of: job.id) }
        do {
            if try await exchange.want(job.id) { signals.publish(.wish) }
            return try await exchange.previews(of: job.id, attempt: job.attempts, after: step)
        } catch {
            // The job itself is told all the same.
            return []
        }
    }
}
