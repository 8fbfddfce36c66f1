-- What processes say of themselves every few seconds.
CREATE TABLE workers(
    id     TEXT PRIMARY KEY,
    at     INTEGER NOT NULL,
    report BLOB NOT NULL
) WITHOUT ROWID;
