-- The log: records in the order of their arrival, so that every commit adds to the last page. The offset of a record is its seq.
CREATE TABLE topics(
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    partitions INTEGER NOT NULL
);

CREATE TABLE log(
    seq    INTEGER PRIMARY KEY,
    topic  INTEGER NOT NULL,
    part   INTEGER NOT NULL,
    record BLOB NOT NULL
);

-- What is known of the log up to (and without) next: its size, and after which record each partition ends. The next seq never falls, even
-- when retention has deleted everything. Written at closing and now and then; what came later is counted when the file is opened.
CREATE TABLE log_state(
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    next  INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);
INSERT INTO log_state(id, next, bytes) VALUES (1, 1, 0);

CREATE TABLE log_ends(
    topic INTEGER NOT NULL,
    part  INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (topic, part)
) WITHOUT ROWID;

-- What the next seq was at a time: by it retention knows how old a record is.
CREATE TABLE log_marks(
    at_ms INTEGER PRIMARY KEY,
    next  INTEGER NOT NULL
);
