import FoundationEssentials
import Generation

// The images of completed jobs, in the database or elsewhere.
extension JobTable {
    func write(_ images: [StoredImage], of row: Row) throws {
        for image in images {
            try session.run(
                "insert into images (job, number, png) values ($1, $2, $3)", .integer(row.sequence),
                .integer(image.facts.index), .bytes(image.png))
        }
    }

    /// What is known of an image, and its bytes, where they are here.
    struct KeptImage: Sendable {
        let facts: ImageFacts
        let png: [UInt8]?
    }

    /// nil: the job has no such image.
    func image(_ index: Int, of row: Row) throws -> KeptImage? {
        guard case .completed(let completion) = row.job.state,
            let facts = completion.images.first(where: { $0.index == index })
        else { return nil }
        let answer = try session.run(
            "select png from images where job = $1 and number = $2", .integer(row.sequence), .integer(index))
        return KeptImage(facts: facts, png: try answer.first?.bytes(0))
    }

    /// - Throws: `JobStoreError.leaseLost`, unless the lease counts.
    func check(_ lease: JobLease, for work: FinishedWork) throws {
        guard var job = try row(lease.job)?.job else { throw JobStoreError.leaseLost(lease) }
        try job.complete(lease, with: work, at: now)
    }

    /// Of these images those that no job has, nor ever will: their job is gone, or has ended with others.
    func orphans(among names: [ImageName]) throws -> [ImageName] {
        var jobs: [JobID: Job] = [:]
        try inSteps(Set(names.map(\.job)).map { .text($0.description) }) { list, ids in
            for row in try rows("where id in (\(list))", ids) { jobs[row.job.id] = row.job }
        }
        return names.filter { name in
            guard let job = jobs[name.job] else { return true }
            return job.state.isFinished && !job.imageNames.contains(name)
        }
    }

    /// Whether it is this process that looks through the images now: one of all does, an hour after the last.
    func takeSweep() throws -> Bool {
        let before = now.addingTimeInterval(-Self.sweepInterval).microseconds
        return try !session.run(
            "update queue set swept_at = $1 where swept_at <= $2 returning swept_at", .integer(now.microseconds),
            .integer(before)
        ).isEmpty
    }

    /// In seconds.
    private static let sweepInterval = 3600.0
}
