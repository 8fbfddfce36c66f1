-- The audit trail: append-only, each entry hashed with the one before it in its chain (day, topic, partition).
CREATE TABLE audit(
    seq         INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    day         INTEGER NOT NULL,
    topic       TEXT NOT NULL,
    part        INTEGER NOT NULL,
    off         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id   TEXT NOT NULL,
    action      TEXT NOT NULL,
    type        TEXT NOT NULL,
    kind        TEXT,
    command_id  BLOB,
    user_id     TEXT,
    actor       TEXT NOT NULL,
    client      TEXT,
    agent       TEXT,
    changes     BLOB NOT NULL,
    reason      TEXT,
    outcome     TEXT,
    hash        BLOB NOT NULL
);
CREATE INDEX audit_newest ON audit(at, id);
CREATE INDEX audit_entity ON audit(entity_type, entity_id, at, id);
CREATE INDEX audit_user ON audit(user_id, at, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_command ON audit(command_id, at, id) WHERE command_id IS NOT NULL;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;

CREATE TABLE audit_heads(
    day     INTEGER NOT NULL,
    topic   TEXT NOT NULL,
    part    INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (day, topic, part)
) WITHOUT ROWID;
