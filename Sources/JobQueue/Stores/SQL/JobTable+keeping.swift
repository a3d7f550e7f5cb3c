import FoundationEssentials
import Generation

// What is kept of finished jobs, and for how long.
extension JobTable {
    /// Most jobs that one transaction forgets.
    static let forgettingLimit = 500

    /// Notes that more is kept, or less. Each change is a row of its own, so that no two transactions wait for each
    /// other; `takeKept` makes one of them.
    func note(_ change: KeptAmount) throws {
        try session.run(
            "insert into finished_tally (jobs, bytes) values ($1, $2)", .integer(change.jobs),
            .integer(change.byteCount))
    }

    /// - Parameter rows: of finished jobs.
    func forget(_ rows: [Row]) throws {
        try inSteps(rows.map { .integer($0.sequence) }) { list, values in
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

    /// Runs the body with some of the values at a time, and the list of their parameters. There are as many as ever, the last
    /// value several times: the text of a statement is one that the database has read before.
    func inSteps(_ values: [SQLValue], of step: Int = 50, _ body: (String, [SQLValue]) throws -> Void) rethrows {
        let list = (1...step).map { "$\($0)" }.joined(separator: ", ")
        for start in stride(from: 0, to: values.count, by: step) {
            try body(list, (start..<start + step).map { values[min($0, values.count - 1)] })
        }
    }

    /// The parameters of a list in a statement, and their values: the last one as often as it takes for one of a few
    /// lengths, so that the text of the statement is one that the database has read before.
    ///
    /// - Parameters:
    ///   - values: at least one.
    ///   - count: of parameters before them.
    func padded(_ values: [SQLValue], after count: Int) -> (list: String, values: [SQLValue]) {
        let length = [1, 8, 64].first { $0 >= values.count } ?? (values.count + 255) / 256 * 256
        let list = (1...length).map { "$\($0 + count)" }.joined(separator: ", ")
        return (list, (0..<length).map { values[min($0, values.count - 1)] })
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
