-- What concerns every worker. data: null where it was taken back; such a row stays, so that whoever follows by version hears of it.
CREATE TABLE control(
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    data    BLOB,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX control_changed ON control(version);

-- Moved by every change: what was decided under an older one is not committed.
CREATE TABLE control_version(
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
);
INSERT INTO control_version(id, version) VALUES(1, 0);
