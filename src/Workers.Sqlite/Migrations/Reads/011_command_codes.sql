-- What failed in one way, in whatever state or in one, counted without a look at the commands themselves: of many failures few may be in the state that is asked for.
DROP INDEX commands_code;
CREATE INDEX commands_code ON commands(code, id, submitted, door, type) WHERE code IS NOT NULL;
CREATE INDEX commands_code_state ON commands(code, state, id, submitted, door, type) WHERE code IS NOT NULL;
