-- What concerns every worker. data: null where it was taken back; such a row stays, so that whoever follows by version hears of it.
CREATE TABLE IF NOT EXISTS control(
    kind    VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name    VARBINARY(700) NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    data    LONGBLOB NULL,
    PRIMARY KEY (kind, name),
    KEY control_changed (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Moved by every change: what was decided under an older one is not committed. Each flush holds it, shared, until it is.
CREATE TABLE IF NOT EXISTS control_version(
    id      TINYINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT IGNORE INTO control_version(id, version) VALUES(1, 0);
