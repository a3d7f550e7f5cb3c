/// The tables, by numbers that never change once they have been released.
enum PostgreSQLMigrations {
    /// A lock of its own: two processes that start together do not migrate together.
    private static let lock = 0x756e_6465_7271

    static let all = [first, previews, processes, keeping, images]

    /// - Throws: `PostgreSQLStoreError.newer`; `PostgreSQLError`.
    /// - Returns: how many were carried out.
    static func run(in connection: PostgreSQLConnection) throws -> Int {
        try connection.execute("begin; select pg_advisory_xact_lock(\(lock))")
        do {
            try connection.execute(
                "create table if not exists underpaint_schema (version bigint not null); set local client_min_messages = error"
            )
            let version = try version(in: connection) ?? 0
            guard version <= all.count else {
                throw PostgreSQLStoreError.newer(found: version, known: all.count)
            }
            for migration in all[version...] { try connection.execute(migration) }
            if version < all.count {
                try connection.execute("delete from underpaint_schema")
                _ = try connection.run("insert into underpaint_schema (version) values ($1)", [.integer(all.count)])
            }
            try connection.execute("commit")
            return all.count - version
        } catch {
            try? connection.execute("rollback")
            throw error
        }
    }

    private static func version(in connection: PostgreSQLConnection) throws -> Int? {
        try connection.run("select max(version) from underpaint_schema", []).first?.optionalInteger(0).map { Int($0) }
    }

    private static let first = """
        create table jobs (
            seq bigint generated always as identity primary key,
            id text not null unique,
            owner text not null,
            share bigint not null check (share >= 1),
            model text not null,
            priority bigint not null,
            state text not null
                check (state in ('queued', 'running', 'completed', 'failed', 'cancelled', 'expired')),
            work double precision not null check (work >= 0),
            payload text not null,
            idempotency_key text,
            request_hash text,
            created_at bigint not null,
            deadline_at bigint,
            attempt bigint not null,
            worker text,
            lease_until bigint,
            progress text,
            finished_at bigint,
            run_seconds double precision,
            image_bytes bigint not null default 0,
            check ((state = 'running') = (worker is not null)),
            check ((state = 'running') = (lease_until is not null)),
            check ((state in ('queued', 'running')) = (finished_at is null)),
            check ((idempotency_key is null) = (request_hash is null))
        -- Renewals change no column of an index: with room on the page they leave no trace in any.
        ) with (fillfactor = 70);
        create index jobs_by_turn on jobs (owner, priority desc, seq) where state = 'queued';
        create index jobs_by_priority on jobs (priority desc, seq) where state = 'queued';
        create index jobs_by_deadline on jobs (deadline_at) where state = 'queued' and deadline_at is not null;
        create index jobs_that_run on jobs (seq) where state = 'running';
        create index jobs_by_end on jobs (finished_at desc, seq desc) where finished_at is not null;
        create index jobs_by_owner on jobs (owner, seq desc);
        create unique index jobs_by_key on jobs (owner, idempotency_key) where idempotency_key is not null;
        create table images (
            job bigint not null, number bigint not null, png bytea not null, primary key (job, number));
        -- PNGs are compressed already.
        alter table images alter column png set storage external;
        create table owners (name text primary key, turn_end double precision not null default 0)
            with (fillfactor = 20);
        create table queue (
            id bigint primary key check (id = 1), paused bigint not null, turn_time double precision not null)
            with (fillfactor = 10);
        insert into queue (id, paused, turn_time) values (1, 0, 0);
        create table forgotten (id text primary key, at bigint not null);
        create index forgotten_by_age on forgotten (at desc, id);
        create unlogged table previews (
            job text not null, number bigint not null, attempt bigint not null, step bigint not null,
            steps bigint not null, width bigint not null, height bigint not null, png bytea not null,
            primary key (job, number)) with (fillfactor = 50);
        create table processes (
            id text primary key, host text not null, version text not null, models text not null,
            slots bigint not null, lease_until bigint not null) with (fillfactor = 50);
        create view underpaint_autoscale as
            with speed as (
                select coalesce(sum(work) / nullif(sum(run_seconds), 0), 1) as gflop_per_second
                from (select work, run_seconds from jobs where run_seconds > 0 and work > 0
                    order by finished_at desc limit 32) as latest)
            select coalesce(sum(work) filter (where state = 'queued'), 0) / gflop_per_second as queued_seconds,
                coalesce(sum(work) filter (where state = 'running'), 0) / gflop_per_second as running_seconds,
                count(*) filter (where state = 'queued') as queued_jobs,
                count(*) filter (where state = 'running') as running_jobs
            from speed left join jobs on state in ('queued', 'running') group by gflop_per_second;
        """

    private static let previews = """
        -- Jobs that somebody looks at, and until when that counts.
        create unlogged table preview_wishes (job text primary key, until bigint not null) with (fillfactor = 50);
        """

    private static let processes = """
        -- The one before was never used.
        drop table processes;
        create table processes (
            id text primary key, kind text not null, host text not null, version text not null, slots bigint not null,
            threads bigint not null, seen_at bigint not null, lease_until bigint not null) with (fillfactor = 50);
        create table process_models (
            process text not null references processes (id) on delete cascade, model text not null,
            sha256 text not null, primary key (process, model));
        create index process_models_by_weights on process_models (model, sha256);
        -- The weights that count under a name.
        create table models (name text primary key, sha256 text not null);
        """

    /// What is kept of finished jobs, counted as it changes; the speed of workers without a look at all of them.
    private static let keeping = """
        create table finished_tally (jobs bigint not null, bytes bigint not null);
        insert into finished_tally (jobs, bytes)
            select count(*), coalesce(sum(image_bytes), 0) from jobs where finished_at is not null;
        drop index jobs_by_priority;
        create index jobs_by_speed on jobs (finished_at desc, work, run_seconds) where run_seconds > 0 and work > 0;
        """

    /// Whose images those outside of the database are, and when they were last looked through.
    private static let images = """
        alter table queue add column identity text not null default '';
        update queue set identity = substr(md5(random()::text || clock_timestamp()::text), 1, 16);
        alter table queue add column swept_at bigint not null default 0;
        """
}
