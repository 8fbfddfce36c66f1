-- What flushes send, until it is in the log. seq: of the batch's last record.
CREATE TABLE IF NOT EXISTS outbox(
    grp   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    topic VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    part  INT NOT NULL,
    seq   BIGINT NOT NULL,
    data  LONGBLOB NOT NULL,
    PRIMARY KEY (grp, topic, part, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The highest seq of each shard that a group has taken in a partition: what is not higher was taken before.
CREATE TABLE IF NOT EXISTS seen(
    grp   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    topic VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    part  INT NOT NULL,
    shard VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    seq   BIGINT NOT NULL,
    PRIMARY KEY (grp, topic, part, shard)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What belongs to this installation for its life. secret: behind fingerprints. shards: its name in the log, as hexadecimal.
CREATE TABLE IF NOT EXISTS installation(
    id     TINYINT NOT NULL PRIMARY KEY,
    secret VARBINARY(255) NOT NULL,
    shards VARBINARY(16) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
