import FoundationEssentials
import Generation

// What is kept of finished jobs, and for how long.
extension JobTable {
    func write(_ images: [StoredImage], of row: Row) throws {
        for image in images {
            try session.run(
                "insert into images (job, number, png) values ($1, $2, $3)", .integer(row.sequence),
                .integer(image.facts.index), .bytes(image.png))
        }
    }

    func image(_ index: Int, of row: Row) throws -> StoredImage? {
        guard case .completed(let completion) = row.job.state,
            let facts = completion.images.first(where: { $0.index == index })
        else { return nil }
        let answer = try session.run(
            "select png from images where job = $1 and number = $2", .integer(row.sequence), .integer(index))
        return try answer.first.map { StoredImage(facts: facts, png: try $0.bytes(0)) }
    }

    func forget(_ row: Row) throws {
        try session.run("delete from images where job = $1", .integer(row.sequence))
        try session.run("delete from jobs where seq = $1", .integer(row.sequence))
        try session.run(
            "insert into forgotten (id, at) values ($1, $2) on conflict (id) do nothing",
            .text(row.job.id.description), .integer(now.microseconds))
    }

    /// Forgets the oldest finished jobs while there are too many, they are too old, or their images take too much room;
    /// and the oldest of the forgotten ones.
    func forgetSurplus() throws {
        let oldest = now.addingTimeInterval(-limits.retainedAge.seconds)
        // From the newest: how many there are up to each job, and how many bytes.
        let surplus = try rows(
            """
            where seq in (select seq from (select seq, finished_at, row_number() over way as place,
                sum(image_bytes) over way as bytes from jobs where finished_at is not null
                window way as (order by finished_at desc, seq desc)) as kept
                where finished_at < $1 or (place > 1 and (place > $2 or bytes > $3)) order by seq limit 1000)
            \(dialect.lockSkipping)
            """,
            [.integer(oldest.microseconds), .integer(limits.retainedJobs), .integer(limits.retainedByteCount)])
        for row in surplus { try forget(row) }
        guard !surplus.isEmpty else { return }
        try session.run(
            "delete from forgotten where id in (select id from forgotten order by at desc, id limit 1000 offset $1)",
            .integer(limits.forgottenIDs))
    }
}
