-- Dead letters that operators have edited: the record as it failed (as dead_letters.record), who has edited it last, when and why.
CREATE TABLE letter_edits(
    id       BLOB PRIMARY KEY,
    original BLOB NOT NULL,
    editor   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    reason   TEXT
) WITHOUT ROWID;
