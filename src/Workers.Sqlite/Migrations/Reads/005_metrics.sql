-- How commands went, by type. grain: the row's length in seconds; 0: all of it, -1: all of it when it was last reset. at: its beginning, seconds since 1970.
-- Times are microseconds; queue and run: histograms as Workers.Engine/Metrics/Histogram.cs writes them.
CREATE TABLE command_metrics(
    grain         INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    type          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    succeeded     INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    dead_lettered INTEGER NOT NULL,
    cancelled     INTEGER NOT NULL,
    undone        INTEGER NOT NULL,
    retried       INTEGER NOT NULL,
    retries       INTEGER NOT NULL,
    queue_us      INTEGER NOT NULL,
    run_us        INTEGER NOT NULL,
    queue         BLOB NOT NULL,
    run           BLOB NOT NULL,
    PRIMARY KEY (grain, at, type)
) WITHOUT ROWID;

CREATE TABLE command_metrics_state(
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    began    INTEGER NOT NULL,
    reset_at INTEGER NOT NULL,
    told     INTEGER NOT NULL
);
INSERT INTO command_metrics_state(id, began, reset_at, told) VALUES(1, 0, 0, 0);

-- The highest seq of each shard whose records were counted: a relay may send one twice.
CREATE TABLE command_metrics_seen(
    grp   TEXT NOT NULL,
    topic TEXT NOT NULL,
    part  INTEGER NOT NULL,
    shard TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    PRIMARY KEY (grp, topic, part, shard)
) WITHOUT ROWID;
