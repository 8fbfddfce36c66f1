-- Where the log is not in this file: what flushes send, until it is in the log. seq: of the batch's last record.
CREATE TABLE outbox(
    grp   TEXT NOT NULL,
    topic TEXT NOT NULL,
    part  INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    data  BLOB NOT NULL,
    PRIMARY KEY (grp, topic, part, seq)
);

-- The highest seq of each shard that a group has taken in a partition: what is not higher was taken before.
CREATE TABLE seen(
    grp   TEXT NOT NULL,
    topic TEXT NOT NULL,
    part  INTEGER NOT NULL,
    shard TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    PRIMARY KEY (grp, topic, part, shard)
) WITHOUT ROWID;

ALTER TABLE installation ADD COLUMN shards BLOB;
UPDATE installation SET shards = randomblob(8);
