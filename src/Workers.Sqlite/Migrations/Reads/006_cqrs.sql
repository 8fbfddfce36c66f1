-- Commands that came by the door of document 001: what its list asks for, newest first.
CREATE INDEX commands_cqrs ON commands(id) WHERE door = 'cqrs';

-- The newest events, ours and those that callers posted; the oldest go.
CREATE TABLE listed_events(
    at             INTEGER NOT NULL,
    id             BLOB NOT NULL,
    type           TEXT NOT NULL,
    entity         TEXT,
    aggregate_id   TEXT NOT NULL,
    version        INTEGER NOT NULL,
    user_id        TEXT,
    correlation_id TEXT,
    command_id     BLOB,
    external       INTEGER NOT NULL,
    data           BLOB NOT NULL,
    PRIMARY KEY (at, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX listed_events_id ON listed_events(id);

-- Read models that somebody has saved. deleted: what events make of it is not shown.
CREATE TABLE saved_models(
    type    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    data    BLOB NOT NULL,
    PRIMARY KEY (type, id)
) WITHOUT ROWID;
CREATE INDEX saved_models_newest ON saved_models(type, created, id) WHERE deleted = 0;
