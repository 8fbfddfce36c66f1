-- Dead letters that operators have edited: the record as it failed (as dead_letters.record), who has edited it last, when and why.
CREATE TABLE IF NOT EXISTS letter_edits(
    id       BINARY(16) NOT NULL PRIMARY KEY,
    original LONGBLOB NOT NULL,
    editor   MEDIUMTEXT NOT NULL,
    at       BIGINT NOT NULL,
    reason   MEDIUMTEXT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
