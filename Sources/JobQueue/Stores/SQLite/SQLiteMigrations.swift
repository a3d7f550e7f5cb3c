import GRDB

extension DatabaseMigrator {
    /// The tables, by numbers that never change once they have been released.
    static var jobs: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: jobs") { db in
            try db.execute(
                sql: """
                    create table jobs (
                        seq integer primary key autoincrement,
                        id text not null unique,
                        owner text not null,
                        share integer not null check (share >= 1),
                        model text not null,
                        priority integer not null,
                        state text not null
                            check (state in ('queued', 'running', 'completed', 'failed', 'cancelled', 'expired')),
                        work real not null check (work >= 0),
                        payload text not null,
                        idempotency_key text,
                        request_hash text,
                        created_at integer not null,
                        deadline_at integer,
                        attempt integer not null,
                        worker text,
                        lease_until integer,
                        progress text,
                        finished_at integer,
                        run_seconds real,
                        image_bytes integer not null default 0,
                        check ((state = 'running') = (worker is not null)),
                        check ((state = 'running') = (lease_until is not null)),
                        check ((state in ('queued', 'running')) = (finished_at is null)),
                        check ((idempotency_key is null) = (request_hash is null)));
                    create index jobs_by_turn on jobs (owner, priority desc, seq) where state = 'queued';
                    create index jobs_by_priority on jobs (priority desc, seq) where state = 'queued';
                    create index jobs_by_deadline on jobs (deadline_at)
                        where state = 'queued' and deadline_at is not null;
                    create index jobs_that_run on jobs (seq) where state = 'running';
                    create index jobs_by_end on jobs (finished_at desc, seq desc) where finished_at is not null;
                    create index jobs_by_owner on jobs (owner, seq desc);
                    create unique index jobs_by_key on jobs (owner, idempotency_key)
                        where idempotency_key is not null;
                    create table images (
                        job integer not null, number integer not null, png blob not null,
                        primary key (job, number)) without rowid;
                    create table owners (name text primary key, turn_end real not null default 0) without rowid;
                    create table queue (
                        id integer primary key check (id = 1), paused integer not null, turn_time real not null);
                    insert into queue (id, paused, turn_time) values (1, 0, 0);
                    create table forgotten (id text primary key, at integer not null) without rowid;
                    create index forgotten_by_age on forgotten (at desc, id);
                    """)
        }
        migrator.registerMigration("20: what is kept") { db in
            try db.execute(
                sql: """
                    create table finished_tally (jobs integer not null, bytes integer not null);
                    insert into finished_tally (jobs, bytes)
                        select count(*), coalesce(sum(image_bytes), 0) from jobs where finished_at is not null;
                    drop index jobs_by_priority;
                    create index jobs_by_speed on jobs (finished_at desc, work, run_seconds)
                        where run_seconds > 0 and work > 0;
                    """)
        }
        migrator.registerMigration("21: images outside") { db in
            try db.execute(
                sql: """
                    alter table queue add column identity text not null default '';
                    update queue set identity = lower(hex(randomblob(8)));
                    alter table queue add column swept_at integer not null default 0;
                    """)
        }
        return migrator
    }
}
