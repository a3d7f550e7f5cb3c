package import Generation

// Images that lie outside of the database: they are put before their row is written, and removed after it is gone.
extension SQLJobStore {
    package func image(_ id: JobID, _ index: Int) async throws -> Lookup<StoredImage> {
        let kept = try await verb(.reading) { table in
            try table.lookUp(id).compactMap { try table.image(index, of: $0) }
        }
        switch kept {
        case .forgotten: return .forgotten
        case .unknown: return .unknown
        case .found(let image):
            if let png = try await bytes(of: image, ImageName(image.facts, of: id)) {
                return .found(StoredImage(facts: image.facts, png: png))
            }
            // Forgotten in the meantime, or else lost.
            guard try await job(id).value == nil else {
                throw ImageStoreError.missing(ImageName(image.facts, of: id))
            }
            return .forgotten
        }
    }

    /// - Returns: nil: they are not there.
    private func bytes(of image: JobTable.KeptImage, _ name: ImageName) async throws -> [UInt8]? {
        if let png = image.png { return png }
        guard let png = try await images?.png(name, byteCount: image.facts.byteCount) else { return nil }
        guard SHA256Digest(of: png) == name.sha256 else { throw ImageStoreError.damaged(name) }
        return png
    }

    /// Whoever has lost the job, or cannot reach the database, puts nothing.
    ///
    /// - Throws: `JobStoreError.leaseLost`, `.unavailable`.
    func putOutside(_ work: FinishedWork, for lease: JobLease) async throws {
        guard let images else { return }
        try await verb(.reading) { table in try table.check(lease, for: work) }
        try await images.put(work.images, of: lease.job)
    }

    /// Removes the images that no job has: of a worker that ended between image and row, of a removal that failed.
    func sweepImages() async throws {
        guard let images, try await verb(.full, { try $0.takeSweep() }) else { return }
        var cursor: String?
        repeat {
            let page = try await images.names(after: cursor)
            try await images.remove(verb(.reading) { try $0.orphans(among: page.names) })
            cursor = page.next
        } while cursor != nil && !Task.isCancelled
    }
}
