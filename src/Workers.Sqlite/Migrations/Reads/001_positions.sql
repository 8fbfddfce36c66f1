-- How far the groups that write this file have read each partition; every batch moves them first.
CREATE TABLE positions(
    grp          TEXT NOT NULL,
    topic        TEXT NOT NULL,
    part         INTEGER NOT NULL,
    off          INTEGER NOT NULL,
    turn         INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    clean        INTEGER NOT NULL,
    out_seq      INTEGER NOT NULL,
    probe_off    INTEGER NOT NULL,
    probe_starts INTEGER NOT NULL,
    PRIMARY KEY (grp, topic, part)
) WITHOUT ROWID;
