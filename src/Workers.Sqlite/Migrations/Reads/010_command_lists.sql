-- What waits, of whatever kind or of one: a list of it does not go through what has ended.
CREATE INDEX commands_waiting ON commands(id) WHERE state IS NULL;
CREATE INDEX commands_waiting_kind ON commands(kind, id) WHERE state IS NULL;

-- A kind's commands, and those of them that did not succeed.
CREATE INDEX commands_kind ON commands(kind, id);
CREATE INDEX commands_kind_state ON commands(kind, state, id) WHERE state IS NOT NULL AND state <> 4;

-- What failed in one way.
CREATE INDEX commands_code ON commands(code, id) WHERE code IS NOT NULL;
