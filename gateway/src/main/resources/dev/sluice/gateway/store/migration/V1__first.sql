-- Times are nanoseconds since 1970 (UTC). What is JSON is of dev.sluice.gateway.store.codec.
PRAGMA application_id = 1397511491; -- "SLUC"
PRAGMA user_version = 1;

-- One row. Realm: the installation, drawn once. Epoch: of whoever leads; it is in every commit.
CREATE TABLE lead (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    realm INTEGER NOT NULL,
    epoch INTEGER NOT NULL
) STRICT;

-- Values that many jobs share: kind is user, project, cluster, ask or rules.
CREATE TABLE words (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (kind, text)
) STRICT;

-- Heads of jobs, and of a job that is no array its state too.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    live INTEGER NOT NULL,      -- 1: a restart loads it; 0: archived
    accepted INTEGER NOT NULL,  -- the sequence of its acceptance
    user INTEGER NOT NULL,      -- words
    project INTEGER NOT NULL,
    ask INTEGER NOT NULL,
    rules INTEGER NOT NULL,
    size INTEGER NOT NULL,      -- how many ids it takes
    tasks TEXT,                 -- null: it is no array
    priority INTEGER NOT NULL,
    submitted INTEGER NOT NULL,
    twin INTEGER NOT NULL,
    more TEXT,                  -- JSON: what else its head has; null: nothing
    was TEXT,                   -- JSON: in what its head differed when it was accepted; null: in nothing
    name TEXT,                  -- null: a head that was never accepted, and that no reader sees
    labels TEXT,                -- JSON; null: none
    webhook TEXT,
    changed INTEGER,            -- null: never since it was submitted
    status TEXT,                -- of its one task; null: in the queue and never tried; empty: see slices
    cluster INTEGER,            -- where its one task is live
    state TEXT                  -- JSON; null and empty as for status
) STRICT;
CREATE INDEX jobs_of_user ON jobs (user, id);
CREATE INDEX jobs_of_project ON jobs (project, id);
CREATE INDEX jobs_by_status ON jobs (status, id) WHERE status > '';
CREATE INDEX jobs_on_cluster ON jobs (cluster, id) WHERE cluster IS NOT NULL;

-- What a job was submitted with, as far as it differs from what its head says.
CREATE TABLE specs (
    job INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

-- Tasks of arrays that stand alike.
CREATE TABLE slices (
    job INTEGER NOT NULL,
    lowest INTEGER NOT NULL,
    tasks TEXT NOT NULL,
    status TEXT NOT NULL,
    cluster INTEGER,
    state TEXT,                 -- null: in the queue and never tried
    PRIMARY KEY (job, lowest)
) STRICT, WITHOUT ROWID;
CREATE INDEX slices_by_status ON slices (status, job);
CREATE INDEX slices_on_cluster ON slices (cluster, job) WHERE cluster IS NOT NULL;

CREATE TABLE attempts (
    job INTEGER NOT NULL,
    attempt TEXT NOT NULL,
    placed INTEGER NOT NULL,    -- the sequence of its placement
    body TEXT NOT NULL,
    binding TEXT,
    PRIMARY KEY (job, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    job INTEGER NOT NULL,
    charged INTEGER NOT NULL,   -- the sequence of its charge
    body TEXT NOT NULL,
    PRIMARY KEY (job, charged)
) STRICT, WITHOUT ROWID;

-- The sequence of events. The body of an acceptance is how its tasks waited, null for as usual: the rest is in jobs and specs.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    job INTEGER,
    kind TEXT NOT NULL,
    body TEXT
) STRICT;
CREATE INDEX events_of_job ON events (job, sequence) WHERE kind <> 'Accepted' AND job IS NOT NULL;

-- Idempotency keys, by when they expire. No index by key: on random keys it costs more than all else of an acceptance,
-- and who looks for one finds it among the first.
CREATE TABLE uses (
    number INTEGER PRIMARY KEY,
    high INTEGER NOT NULL,
    low INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    job INTEGER,                -- the one job; null: see jobs
    jobs TEXT,
    expires INTEGER NOT NULL
) STRICT;

-- All other rows of the engine's state.
CREATE TABLE rest (
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Notifications that are to be delivered, in their order for each job.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,     -- the sequence of the event
    job INTEGER NOT NULL,
    url TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_of_job ON outbox (job, id);
CREATE INDEX outbox_due ON outbox (due);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,  -- SHA-256 of the token, hexadecimal
    user TEXT NOT NULL,
    role TEXT,
    projects TEXT,              -- JSON; null: all
    description TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    used INTEGER,
    revoked INTEGER
) STRICT, WITHOUT ROWID;

-- How much of each archive file is vouched for: what lies behind was written by a purge that did not finish.
CREATE TABLE archives (
    file TEXT PRIMARY KEY,
    length INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
