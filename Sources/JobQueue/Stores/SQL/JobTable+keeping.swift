import FoundationEssentials
import Generation

// What is kept of finished jobs, and for how long.
extension JobTable {
    /// Most jobs that one transaction forgets.
    static let forgettingLimit = 500
    /// Jobs that one statement forgets.
    private static let forgettingStep = 50

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

    /// Notes that more is kept, or less. Each change is a row of its own, so that no two transactions wait for each
    /// other; `takeKept` makes one of them.
    func note(_ change: KeptAmount) throws {
        try session.run(
            "insert into finished_tally (jobs, bytes) values ($1, $2)", .integer(change.jobs),
            .integer(change.byteCount))
    }

    /// - Parameter rows: of finished jobs.
    func forget(_ rows: [Row]) throws {
        for start in stride(from: 0, to: rows.count, by: Self.forgettingStep) {
            let end = min(start + Self.forgettingStep, rows.count)
            // As many as ever, the last one several times: one text, which the database has read before.
            let numbers = (start..<start + Self.forgettingStep).map { rows[min($0, end - 1)].sequence }
            let list = numbers.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
            let values = numbers.map { SQLValue.integer($0) }
            try session.run("delete from images where job in (\(list))", values)
            try session.run(
                """
                insert into forgotten (id, at) select id, $\(values.count + 1) from jobs where seq in (\(list))
                on conflict (id) do nothing
                """, values + [.integer(now.microseconds)])
            try session.run("delete from jobs where seq in (\(list))", values)
        }
        var gone = KeptAmount()
        for row in rows { gone -= row.job.kept }
        if !rows.isEmpty { try note(gone) }
    }

    /// Forgets the oldest finished jobs while there are too many, they are too old, or their images take too much room;
    /// and the oldest of the forgotten ones. Reads no more jobs than it forgets, and one.
    ///
    /// - Returns: those that are forgotten now, at most `forgettingLimit`.
    func forgetSurplus() throws -> [Job] {
        if let statement = dialect.takeKeeping, try session.run(statement).first?.integer(0) != 1 { return [] }
        var kept = try takeKept()
        let ends = try session.run(
            """
            select finished_at, image_bytes from jobs where finished_at is not null order by finished_at, seq
            limit \(Self.forgettingLimit)
            """)
        var count = 0
        for end in ends {
            let isSurplus = limits.isSurplus(
                endOfOldest: Date(microseconds: try end.integer(0)), of: kept, at: now)
            guard isSurplus else { break }
            kept -= KeptAmount(jobs: 1, byteCount: Int(try end.integer(1)))
            count += 1
        }
        guard count > 0 else { return [] }
        let surplus = try rows(
            "where finished_at is not null order by finished_at, seq limit $1\(dialect.lockSkipping)",
            [.integer(count)])
        try forget(surplus)
        try session.run(
            """
            delete from forgotten where id in
                (select id from forgotten order by at desc, id limit \(Self.forgettingLimit) offset $1)
            """, .integer(limits.forgottenIDs))
        return surplus.map(\.job)
    }

    /// The sum of all changes so far, which is one row after that.
    private func takeKept() throws -> KeptAmount {
        let changes = try session.run("delete from finished_tally returning jobs, bytes")
        var kept = KeptAmount()
        for change in changes {
            kept += KeptAmount(jobs: Int(try change.integer(0)), byteCount: Int(try change.integer(1)))
        }
        if !changes.isEmpty { try note(kept) }
        return kept
    }
}

extension Job {
    /// What is kept of it: itself, and its images.
    var kept: KeptAmount {
        guard case .completed(let completion) = state else { return KeptAmount(jobs: 1) }
        return KeptAmount(jobs: 1, byteCount: completion.images.reduce(0) { $0 + $1.byteCount })
    }
}
