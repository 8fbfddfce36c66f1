-- How commands went, by type. grain: the row's length in seconds; 0: all of it, -1: all of it when it was last reset. at_s: its beginning, seconds since 1970.
-- Times are microseconds; queue_times and run_times: histograms as Workers.Engine/Metrics/Histogram.cs writes them.
CREATE TABLE IF NOT EXISTS command_metrics(
    grain         INT NOT NULL,
    at_s          BIGINT NOT NULL,
    type          VARCHAR(128) NOT NULL,
    kind          VARCHAR(32) NOT NULL,
    succeeded     BIGINT NOT NULL,
    failed        BIGINT NOT NULL,
    dead_lettered BIGINT NOT NULL,
    cancelled     BIGINT NOT NULL,
    undone        BIGINT NOT NULL,
    retried       BIGINT NOT NULL,
    retries       BIGINT NOT NULL,
    queue_us      BIGINT NOT NULL,
    run_us        BIGINT NOT NULL,
    queue_times   MEDIUMBLOB NOT NULL,
    run_times     MEDIUMBLOB NOT NULL,
    PRIMARY KEY (grain, at_s, type)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS command_metrics_state(
    id       TINYINT NOT NULL PRIMARY KEY,
    began    BIGINT NOT NULL,
    reset_at BIGINT NOT NULL,
    told     BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT IGNORE INTO command_metrics_state(id, began, reset_at, told) VALUES(1, 0, 0, 0);
