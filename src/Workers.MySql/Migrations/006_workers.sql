-- What processes say of themselves every few seconds; at: by the server's clock, milliseconds since 1970.
CREATE TABLE IF NOT EXISTS workers(
    id     VARBINARY(255) NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    report MEDIUMBLOB NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
