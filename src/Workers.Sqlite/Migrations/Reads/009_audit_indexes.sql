-- What the audit trail is asked by. Times alone behind it: entries of one millisecond are few, and put in order when they are read. Before, an entity's type without its id, and
-- its id without its type, a command's name and its kind were looked for in all rows.
DROP INDEX audit_entity;
CREATE INDEX audit_key ON audit(entity_id, at);
CREATE INDEX audit_entity_type ON audit(entity_type, at);
CREATE INDEX audit_type ON audit(type, at);
CREATE INDEX audit_kind ON audit(kind, at) WHERE kind IS NOT NULL;
