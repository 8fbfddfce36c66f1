-- What belongs to this installation for its life; a copy of the file keeps it.
CREATE TABLE installation(
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL
);
INSERT INTO installation(id, secret) VALUES (1, randomblob(32));
