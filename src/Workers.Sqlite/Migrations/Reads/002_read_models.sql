-- Resources as they are answered. fields: a JSON object of the values by which lists are filtered. state: what the next event is folded into.
CREATE TABLE read_models(
    n       INTEGER PRIMARY KEY,
    type    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    fields  TEXT NOT NULL,
    data    BLOB NOT NULL,
    state   BLOB NOT NULL,
    UNIQUE (type, id)
);
CREATE INDEX read_models_newest ON read_models(type, created, id) WHERE deleted = 0;

-- A row for each field of each model that is not deleted, in the order of the lists.
CREATE TABLE read_fields(
    type    TEXT NOT NULL,
    field   TEXT NOT NULL,
    value   TEXT NOT NULL,
    created INTEGER NOT NULL,
    id      TEXT NOT NULL,
    PRIMARY KEY (type, field, value, created, id)
) WITHOUT ROWID;

-- Names and e-mail addresses; rowid is read_models.n.
CREATE VIRTUAL TABLE read_text USING fts5(text, tokenize = 'unicode61 remove_diacritics 2');

-- Commands with what became of them. The outcome may come first: submitted is null until the command itself is known.
CREATE TABLE commands(
    id             BLOB PRIMARY KEY,
    caller_id      TEXT,
    type           TEXT,
    kind           TEXT,
    key            TEXT,
    caller         TEXT,
    door           TEXT,
    submitted      INTEGER,
    user_id        TEXT,
    correlation_id TEXT,
    causation_id   TEXT,
    schedule_id    TEXT,
    trace_id       TEXT,
    data           BLOB,
    state          INTEGER,
    attempts       INTEGER,
    started        INTEGER,
    completed      INTEGER,
    code           TEXT,
    message        TEXT
);
CREATE INDEX commands_caller ON commands(caller_id) WHERE caller_id IS NOT NULL;
CREATE INDEX commands_key ON commands(key, id);
CREATE INDEX commands_user ON commands(user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX commands_correlation ON commands(correlation_id, id) WHERE correlation_id IS NOT NULL;
CREATE INDEX commands_type ON commands(type, id);
-- 4: succeeded, which most are.
CREATE INDEX commands_state ON commands(state, id) WHERE state IS NOT NULL AND state <> 4;
