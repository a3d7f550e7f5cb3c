import Generation

// Who is next, and how busy it is.
extension JobTable {
    /// Condition on the columns of `jobs` for those that wait. `$1`: now.
    static let isWaiting = "state = 'queued' and (deadline_at is null or deadline_at > $1)"

    /// The job that a worker with these models gets now, changed by the turn that its owner takes.
    ///
    /// - Parameter start: number before which nothing waited a moment ago. Where nothing waits behind it, all is looked at.
    func takeNext(of models: Set<String>, from start: Int64) throws -> Row? {
        guard !models.isEmpty, let queue = try session.run("select paused, turn_time from queue").first,
            try queue.integer(0) == 0
        else { return nil }
        let (names, time) = (models.sorted(), try queue.real(1))
        if let row = try takeNext(of: names, from: start, at: time) { return row }
        return start > 0 ? try takeNext(of: names, from: 0, at: time) : nil
    }

    private func takeNext(of models: [String], from start: Int64, at time: Double) throws -> Row? {
        let names = models.map { SQLValue.text($0) }
        let list = names.indices.map { "$\($0 + 3)" }.joined(separator: ", ")
        let heads = try session.run(
            """
            select name, turn_end, (select seq from jobs where \(Self.isWaiting) and owner = name and model in (\(list))
                and seq >= $2 order by priority desc, seq limit 1) from owners
            """, [.integer(now.microseconds), .integer(start)] + names)
        let ends = try heads.map { (try $0.text(0), try $0.real(1)) }
        var turns = FairTurns(time: time, ends: Dictionary(ends) { first, _ in first })
        var best: (sequence: Int64, start: Double)?
        for head in heads {
            guard let sequence = try head.optionalInteger(2) else { continue }
            let start = turns.start(of: try head.text(0))
            if best.map({ (start, sequence) < ($0.start, $0.sequence) }) ?? true { best = (sequence, start) }
        }
        guard let best, let row = try rows("where seq = $1\(dialect.lock)", [.integer(best.sequence)]).first,
            row.job.state == .queued
        else { return nil }
        turns.take(row.job.owner)
        try write(turns, of: row.job.owner)
        return row
    }

    /// Number before which nothing waits.
    func lineStart() throws -> Int64 {
        // Without the sum PostgreSQL may look for the smallest number among all jobs, and pass by the finished ones.
        let answer = try session.run(
            """
            select coalesce((select min(seq + 0) from jobs where state = 'queued'), (select max(seq) from jobs), 0)
            """)
        return try answer.first?.integer(0) ?? 0
    }

    private func write(_ turns: FairTurns, of owner: JobOwner) throws {
        try session.run("update queue set turn_time = $1", .real(turns.time))
        try session.run(
            "update owners set turn_end = $1 where name = $2", .real(turns.ends[owner.name] ?? turns.time),
            .text(owner.name))
    }

    func status() throws -> QueueStatus {
        let queue = try session.run(
            """
            select q.count, q.work, paused, (select sum(work) / sum(run_seconds) from (select work, run_seconds from jobs
                where run_seconds > 0 and work > 0 order by finished_at desc limit 32) as latest)
            from queue, (select count(*) as count, coalesce(sum(work), 0.0) as work from jobs where \(Self.isWaiting)) as q
            """, .integer(now.microseconds))
        let left = try session.run("select work, progress from jobs where state = 'running'").map { row in
            Work(gflop: try row.real(0)) * (try Self.shareLeft(row.optionalText(1)))
        }
        guard let row = queue.first else { throw SQLRow.Mismatch(column: 0, value: .null, expected: "the queue's row") }
        return QueueStatus(
            queuedJobs: Int(try row.integer(0)), runningJobs: left.count,
            queuedWork: Work(gflop: max(0, try row.real(1))), runningWork: left.reduce(.zero, +),
            leastRunningWork: left.min(), speed: try row.optionalReal(3), isPaused: try row.integer(2) == 1)
    }

    /// Running jobs come apart by how far they are, which their work that is left depends on.
    func census() throws -> QueueCensus {
        let answer = try session.run(
            """
            select owner, model, 0, null, count(*), sum(work) from jobs where \(Self.isWaiting) group by owner, model
            union all
            select owner, model, 1, progress, count(*), sum(work) from jobs where state = 'running'
                group by owner, model, progress
            """, .integer(now.microseconds))
        return try answer.reduce(into: QueueCensus()) { census, row in
            let left = Work(gflop: try row.real(5)) * (try Self.shareLeft(row.optionalText(3)))
            census.add(
                .init(jobs: Int(try row.integer(4)), work: left),
                of: .init(owner: try row.text(0), model: try row.text(1)), running: try row.integer(2) == 1)
        }
    }

    /// Of the work of a running job, by its progress.
    private static func shareLeft(_ progress: String?) throws -> Double {
        1 - (try Self.progress(progress)?.fraction ?? 0)
    }

    /// Where queued jobs stand, by their number, if no more come.
    private func places(of queued: [Row], _ status: QueueStatus) throws -> [Int64: JobSnapshot.Place] {
        guard let front = queued.min(by: Self.standsBefore) else { return [:] }
        let owners = try session.run(
            """
            select name from owners
            where (select seq from jobs where state = 'queued' and owner = name limit 1) is not null limit 2
            """)
        var (line, values) = (Self.lineOfAll, [SQLValue.integer(now.microseconds)])
        if owners.count == 1 {
            line = Self.endOfLine
            values += [
                .text(front.job.owner.name), .integer(front.job.request.priority), .integer(front.sequence),
                .integer(status.queuedJobs), .real(status.queuedWork.gflop),
            ]
        }
        let (list, wanted) = padded(queued.map { .integer($0.sequence) }, after: values.count)
        let answer = try session.run(
            "with \(line) select seq, place, ahead from line where seq in (\(list))", values + wanted)
        return try answer.reduce(into: [:]) { places, row in
            places[try row.integer(0)] = JobSnapshot.Place(
                position: Int(try row.integer(1)), workAhead: Work(gflop: max(0, try row.real(2))))
        }
    }

    /// In the line of one owner.
    private static func standsBefore(_ one: Row, _ other: Row) -> Bool {
        (-one.job.request.priority, one.sequence) < (-other.job.request.priority, other.sequence)
    }

    /// Where the jobs of one owner (`$2`) wait alone turns do not matter, and an index has their order. Who asks has mostly just
    /// come: so it is counted from the end, from the frontmost that is asked for (`$3`, `$4`), and the rest is what is left of
    /// all that wait (`$5`, `$6`).
    private static let endOfLine = """
        behind as (
            select seq, priority, work from jobs where \(isWaiting) and owner = $2 and priority = $3 and seq >= $4
            union all
            select seq, priority, work from jobs where \(isWaiting) and owner = $2 and priority < $3),
        line as (
            select seq, $5 - (select count(*) from behind) + row_number() over way as place,
                $6 - (select sum(work) from behind) + sum(work) over way - work as ahead
            from behind window way as (order by priority desc, seq rows between unbounded preceding and current row))
        """

    private static let lineOfAll = """
        waiting as (
            select seq, owner, share, work,
                row_number() over (partition by owner order by priority desc, seq) - 1 as others
            from jobs where \(isWaiting)),
        starts as (
            select seq, work, cast(others as double precision) / share
                + case when turn_end > turn_time then turn_end else turn_time end as start
            from waiting cross join queue join owners on name = owner),
        line as (
            select seq, row_number() over way as place, sum(work) over way - work as ahead
            from starts window way as (order by start, seq))
        """

    /// The jobs, and where they stand in this moment.
    func snapshots(of rows: [Row]) throws -> [JobSnapshot] {
        let status = try status()
        let places = try places(of: rows.filter { $0.job.state == .queued }, status)
        return rows.map { JobSnapshot(job: $0.job, place: places[$0.sequence], status: status) }
    }

    /// The same of those jobs that are there; of the others whether they ever were.
    func snapshots(of ids: Set<JobID>) throws -> JobReader.Answers {
        var (kept, answers) = ([Row](), JobReader.Answers())
        try inSteps(ids.map { .text($0.description) }) { list, values in
            kept += try rows("where id in (\(list))", values)
        }
        for snapshot in try snapshots(of: kept) { answers[snapshot.job.id] = .found(snapshot) }
        try inSteps(ids.filter { answers[$0] == nil }.map { .text($0.description) }) { list, values in
            for tomb in try session.run("select id from forgotten where id in (\(list))", values) {
                if let id = JobID(try tomb.text(0)) { answers[id] = .forgotten }
            }
        }
        return answers
    }

    func snapshot(of row: Row) throws -> JobSnapshot {
        try snapshots(of: [row])[0]
    }
}
