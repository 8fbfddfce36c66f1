-- How far each group has read each partition; every flush moves it first.
CREATE TABLE positions(
    grp          TEXT NOT NULL,
    topic        TEXT NOT NULL,
    part         INTEGER NOT NULL,
    off          INTEGER NOT NULL,
    turn         INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    clean        INTEGER NOT NULL,
    out_seq      INTEGER NOT NULL,
    probe_off    INTEGER NOT NULL,
    probe_starts INTEGER NOT NULL,
    PRIMARY KEY (grp, topic, part)
) WITHOUT ROWID;

-- Aggregates and sagas. key: kind, a zero byte, id (a guid in canonical form as its 16 bytes). kind is kept only beside a label.
CREATE TABLE state(
    key        BLOB PRIMARY KEY,
    version    INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    kind       TEXT,
    label      TEXT,
    data       BLOB NOT NULL
);
CREATE INDEX state_labels ON state(kind, label, updated, key) WHERE label IS NOT NULL;

-- Events in the order of their commits. prev: seq of the stream's event before this one, 0 for the first.
CREATE TABLE events(
    seq        INTEGER PRIMARY KEY,
    stream     BLOB NOT NULL,
    version    INTEGER NOT NULL,
    prev       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    schema     INTEGER NOT NULL,
    type       TEXT NOT NULL,
    command_id BLOB NOT NULL,
    data       BLOB NOT NULL
);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE outcomes(
    id        BLOB PRIMARY KEY,
    state     INTEGER NOT NULL,
    alias_of  BLOB,
    attempts  INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    started   INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    topic     TEXT NOT NULL,
    part      INTEGER NOT NULL,
    off       INTEGER NOT NULL,
    body      BLOB NOT NULL
);

CREATE TABLE caller_keys(
    hash        BLOB PRIMARY KEY,
    command_id  BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    at          INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX caller_keys_at ON caller_keys(at);

CREATE TABLE uniques(
    space TEXT NOT NULL,
    value TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (space, value)
) WITHOUT ROWID;

CREATE TABLE timers(
    token  BLOB PRIMARY KEY,
    grp    TEXT NOT NULL,
    topic  TEXT NOT NULL,
    part   INTEGER NOT NULL,
    due    INTEGER NOT NULL,
    key    TEXT NOT NULL,
    record BLOB NOT NULL
);
CREATE INDEX timers_due ON timers(grp, topic, part, due);
CREATE INDEX timers_key ON timers(key, due);

CREATE TABLE parked(
    grp        TEXT NOT NULL,
    topic      TEXT NOT NULL,
    part       INTEGER NOT NULL,
    ord        INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    due        INTEGER NOT NULL,
    first      INTEGER NOT NULL,
    reason     TEXT,
    error_type TEXT,
    error      TEXT,
    record     BLOB NOT NULL,
    PRIMARY KEY (grp, topic, part, ord)
) WITHOUT ROWID;

CREATE TABLE dead_letters(
    id         BLOB PRIMARY KEY,
    grp        TEXT NOT NULL,
    handler    TEXT NOT NULL,
    key        TEXT NOT NULL,
    command_id BLOB NOT NULL,
    reason     TEXT NOT NULL,
    error_type TEXT NOT NULL,
    code       TEXT NOT NULL,
    message    TEXT NOT NULL,
    stack      TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    worker     TEXT NOT NULL,
    record     BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX dead_letters_last ON dead_letters(last, id);
CREATE INDEX dead_letters_key ON dead_letters(key, last, id);
CREATE INDEX dead_letters_command ON dead_letters(command_id);
