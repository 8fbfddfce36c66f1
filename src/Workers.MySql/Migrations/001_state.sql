-- How far each group has read each partition; every flush moves it first.
CREATE TABLE IF NOT EXISTS positions(
    grp          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    topic        VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    part         INT NOT NULL,
    off          BIGINT NOT NULL,
    turn         BIGINT NOT NULL,
    epoch        BIGINT NOT NULL,
    clean        TINYINT NOT NULL,
    out_seq      BIGINT NOT NULL,
    probe_off    BIGINT NOT NULL,
    probe_starts INT NOT NULL,
    PRIMARY KEY (grp, topic, part)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Aggregates and sagas. id: kind, a byte, id (a guid in canonical form as its 16 bytes). prev: only the way of the expected version into the statement.
CREATE TABLE IF NOT EXISTS state(
    id         VARBINARY(700) NOT NULL PRIMARY KEY,
    prev       BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    last_event BIGINT NOT NULL,
    data       LONGBLOB NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The instances of kinds that are listed by a label, beside their rows so that aggregates pay nothing for it.
CREATE TABLE IF NOT EXISTS labels(
    id      VARBINARY(700) NOT NULL PRIMARY KEY,
    kind    VARBINARY(128) NOT NULL,
    label   VARBINARY(128) NOT NULL,
    updated BIGINT NOT NULL,
    KEY labels_listed (kind, label, updated, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Events. prev: where the stream's event before this one is: its seq, 0 for the first, or below zero so many rows before this one.
CREATE TABLE IF NOT EXISTS events(
    seq        BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    stream     VARBINARY(700) NOT NULL,
    version    BIGINT NOT NULL,
    prev       BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    schema_no  INT NOT NULL,
    type       VARBINARY(128) NOT NULL,
    command_id BINARY(16) NOT NULL,
    data       LONGBLOB NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS outcomes(
    id        BINARY(16) NOT NULL PRIMARY KEY,
    state     TINYINT NOT NULL,
    alias_of  BINARY(16) NULL,
    attempts  INT NOT NULL,
    status    INT NOT NULL,
    started   BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    topic     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    part      INT NOT NULL,
    off       BIGINT NOT NULL,
    body      LONGBLOB NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS caller_keys(
    hash        BINARY(16) NOT NULL PRIMARY KEY,
    command_id  BINARY(16) NOT NULL,
    fingerprint VARBINARY(255) NOT NULL,
    at          BIGINT NOT NULL,
    KEY caller_keys_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS uniques(
    space VARBINARY(64) NOT NULL,
    value VARBINARY(700) NOT NULL,
    owner VARBINARY(700) NOT NULL,
    PRIMARY KEY (space, value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS timers(
    token  BINARY(16) NOT NULL PRIMARY KEY,
    grp    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    topic  VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    part   INT NOT NULL,
    due    BIGINT NOT NULL,
    rkey   BLOB NOT NULL,
    record LONGBLOB NOT NULL,
    KEY timers_due (grp, topic, part, due),
    KEY timers_key (rkey(255), due)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS parked(
    grp        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    topic      VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    part       INT NOT NULL,
    ord        BIGINT NOT NULL,
    attempts   INT NOT NULL,
    due        BIGINT NOT NULL,
    first      BIGINT NOT NULL,
    reason     MEDIUMTEXT NULL,
    error_type MEDIUMTEXT NULL,
    error      MEDIUMTEXT NULL,
    record     LONGBLOB NOT NULL,
    PRIMARY KEY (grp, topic, part, ord)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The texts are compared whole, without the padding that a collation would add.
CREATE TABLE IF NOT EXISTS dead_letters(
    id         BINARY(16) NOT NULL PRIMARY KEY,
    grp        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    handler    MEDIUMTEXT NOT NULL,
    rkey       BLOB NOT NULL,
    command_id BINARY(16) NOT NULL,
    reason     VARBINARY(255) NOT NULL,
    error_type MEDIUMTEXT NOT NULL,
    code       VARBINARY(255) NOT NULL,
    message    MEDIUMTEXT NOT NULL,
    stack      MEDIUMTEXT NOT NULL,
    attempts   INT NOT NULL,
    first      BIGINT NOT NULL,
    last       BIGINT NOT NULL,
    worker     MEDIUMTEXT NOT NULL,
    record     LONGBLOB NOT NULL,
    KEY dead_letters_last (last, id),
    KEY dead_letters_key (rkey(255), last, id),
    KEY dead_letters_command (command_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
